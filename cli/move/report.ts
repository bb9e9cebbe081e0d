/** What a comparison found, for people. */
import type { Bookmark } from "./bookmark.ts";
import { digestText, isEqual } from "./digest.ts";
import { grouped } from "./progress.ts";
import { isSound, type Verdict } from "./verify.ts";

const NAME_CHARS = 20;

export const describeVerdict = (verdict: Verdict): string => {
  const { table, source, target, newer, missing, different, examples } = verdict;
  const besides = target.rows - (source.rows - missing);
  const parts = [
    `${grouped(source.rows)} rows`,
    ...(isEqual(source, target) ? [`equal, checksum ${digestText(source)}`] : []),
    ...counted(newer, "newer in the target"),
    ...counted(besides, "only in the target"),
    ...counted(missing, "missing"),
    ...counted(different, "different"),
  ];
  return [`${table.padEnd(NAME_CHARS)} ${parts.join(", ")}`, ...examples].join("\n  ");
};

const counted = (rows: number, what: string): readonly string[] =>
  rows === 0 ? [] : [`${grouped(rows)} ${what}`];

/** @param moved `undefined` when nothing was */
export const conclude = (
  verdicts: readonly Verdict[],
  moved: Bookmark | undefined,
): { readonly isSound: boolean; readonly text: string } => {
  const rows = grouped(verdicts.reduce((sum, { source }) => sum + source.rows, 0));
  const unsound = verdicts.filter((verdict) => !isSound(verdict));
  if (unsound.length === 0) {
    return { isSound: true, text: `The target has all ${rows} rows` };
  }
  const names = unsound.map(({ table }) => table).join(", ");
  const changed = verdicts.some(({ table, source }) => {
    const digest = moved?.tables[table]?.digest;
    return digest !== undefined && !isEqual(digest, source);
  });
  const why = changed ? " The source changed while it was moved, so run it again." : "";
  return { isSound: false, text: `The target is not as the source is: ${names}.${why}` };
};
