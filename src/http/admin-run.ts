/** A run as operators see it: its detail is JSON in the database, and no text to be read twice here. */
export const shownRun = <Run extends { readonly detail: string }>({ detail, ...run }: Run) => ({
  ...run,
  detail: detailOf(detail),
});

/** @returns what is no JSON as it is: somebody else may have written it */
const detailOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
