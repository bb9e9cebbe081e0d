import type { ViewsOfContent } from "../../ports/statistics-tables.ts";

interface RankedRow extends ViewsOfContent {
  /** Null is none, and asked for by nobody. */
  readonly category: string | null;
}

/** @param rows in the order of their lists */
export const listsByCategory = (
  rows: readonly RankedRow[],
): ReadonlyMap<string, readonly ViewsOfContent[]> => {
  const lists = new Map<string, ViewsOfContent[]>();
  for (const { category, content, views } of rows) {
    if (category === null) continue;
    const list = lists.get(category) ?? [];
    list.push({ content, views });
    lists.set(category, list);
  }
  return lists;
};
