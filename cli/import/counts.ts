import { contentId } from "../../src/core/ids.ts";
import type { ImportedCount } from "../service/history-api.ts";
import { readCsv } from "./csv.ts";

export interface CountsRead {
  readonly counts: readonly ImportedCount[];
  /** What is wrong, by line: nothing is sent unless there is none. */
  readonly unsound: readonly string[];
}

/** As large as the service takes one. */
const VIEWS_MAX = 1e12;

/** @param text CSV with a header that names `content` and `views`, in any order and among others */
export const readCounts = (text: string): CountsRead => {
  const csv = readCsv(text);
  if (csv.status === "unsound") return { counts: [], unsound: [`line ${csv.line}: ${csv.reason}`] };
  const [header, ...rows] = csv.rows;
  const names = header?.fields.map((name) => name.trim().toLowerCase()) ?? [];
  const at = { content: names.indexOf("content"), views: names.indexOf("views") };
  if (at.content < 0 || at.views < 0) {
    return { counts: [], unsound: ["the first line has to name the columns content and views"] };
  }
  const lines = new Map<string, number>();
  const counts: ImportedCount[] = [];
  const unsound: string[] = [];
  for (const { line, fields } of rows) {
    const content = fields[at.content]?.trim() ?? "";
    const views = fields[at.views]?.trim() ?? "";
    const before = lines.get(content);
    const wrong =
      fields.length === names.length
        ? wrongOf(content, views, before)
        : `${fields.length} fields, not ${names.length}`;
    if (wrong !== undefined) unsound.push(`line ${line}: ${wrong}`);
    else counts.push({ content, views: Number(views) });
    lines.set(content, before ?? line);
  }
  return { counts, unsound };
};

/** @param before the line that has the content, too */
const wrongOf = (
  content: string,
  views: string,
  before: number | undefined,
): string | undefined => {
  if (contentId(content) === undefined) {
    return `"${content}" is no id (1 to 64 of A-Z a-z 0-9 _ -)`;
  }
  if (!/^\d{1,13}$/.test(views) || Number(views) > VIEWS_MAX) {
    return `"${views}" is no number of views`;
  }
  return before === undefined ? undefined : `"${content}" is in line ${before} already`;
};
