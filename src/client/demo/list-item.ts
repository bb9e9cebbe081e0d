interface ListItem {
  /** Absent where the demo has no page for it. */
  readonly href: string | undefined;
  readonly text: string;
  readonly number: number;
  /** What is counted. */
  readonly unit: string;
}

/** A line of a ranking: what it is, and its number. */
export const listItem = ({ href, text, number, unit }: ListItem): HTMLLIElement => {
  const link = document.createElement("a");
  if (href !== undefined) link.href = href;
  const name = document.createElement("span");
  name.textContent = text;
  const count = document.createElement("b");
  count.textContent = number.toLocaleString();
  count.title = unit;
  link.append(name, count);
  const item = document.createElement("li");
  item.append(link);
  return item;
};
