import { HOUR_MS, MINUTE_MS } from "../../../core/limits.ts";
import { StrictFold } from "../../../core/views/refold.ts";
import type { Verdict } from "../../../core/views/verdict.ts";
import type { CorrectorStore } from "../../../ports/corrector-store.ts";
import { decodeCarry, encodeCarry } from "../../../protocol/carry.ts";
import { type CountedPage, CountedSlice } from "./counted-pages.ts";
import { SortedMinute } from "./sorted-minute.ts";

export interface FoldedSlice {
  readonly events: number;
  readonly copies: number;
  readonly verdicts: ReadonlyMap<Verdict, number>;
  /** Events that a decision made what they are, by its number. */
  readonly records: ReadonlyMap<number, number>;
  readonly pages: readonly CountedPage[];
  /** Counted views of the last minute before `minute`. */
  readonly carry: Uint8Array;
  /** First minute not folded, ms; the end of the hour when all are. */
  readonly minute: number;
}

export interface SliceOfHour {
  readonly hour: number;
  readonly run: number;
  /** First minute to fold, ms. */
  readonly minute: number;
  /** It ends with the minute that makes it as many. */
  readonly maxEvents: number;
}

/** Folds the next minutes of an hour. Nothing is written. */
export const foldSlice = (
  { work, results }: Pick<CorrectorStore, "work" | "results">,
  { hour, run, minute, maxEvents }: SliceOfHour,
): FoldedSlice => {
  const carried = results.carry(hour, run);
  const fold = new StrictFold(carried === undefined ? [] : decodeCarry(carried));
  const slice = new CountedSlice();
  const verdicts = new Map<Verdict, number>();
  const records = new Map<number, number>();
  let events = 0;
  let copies = 0;
  let next = work.nextMinute(minute);
  while (next !== undefined && events < maxEvents) {
    const sorted = new SortedMinute(next, work.minute(next));
    events += sorted.size;
    copies += sorted.eachOnce((row) => {
      const verdict = fold.judge(row);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      if (row.record !== 0) records.set(row.record, (records.get(row.record) ?? 0) + 1);
      if (verdict === "counted") slice.count(row.content, row.visitor, row.place);
      // Bots too: a decision that was taken back since may have had them counted.
      else slice.see(row.content, row.place);
    });
    next = work.nextMinute(next + MINUTE_MS);
  }
  const until = next ?? hour + HOUR_MS;
  const carry = encodeCarry(until, fold.carry(until));
  return { events, copies, verdicts, records, pages: slice.pages(), carry, minute: until };
};
