type Choices = Readonly<Record<string, readonly unknown[]>>;

/** Each way to choose one of every list. */
export const combinations = <const Of extends Choices>(
  choices: Of,
): readonly { readonly [Name in keyof Of]: Of[Name][number] }[] => {
  let chosen: readonly Readonly<Record<string, unknown>>[] = [{}];
  for (const [name, values] of Object.entries(choices)) {
    chosen = chosen.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return chosen as readonly { readonly [Name in keyof Of]: Of[Name][number] }[];
};
