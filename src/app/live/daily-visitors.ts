import { dateNumber } from "../../core/civil-date.ts";
import type { ReportingDay } from "../../core/views/reporting-day.ts";
import type { LedgerStore } from "../../ports/room-store.ts";

type Store = Pick<LedgerStore, "visitorRun" | "saveVisitor" | "visitors" | "deleteVisitorsBefore">;

/**
 * Distinct visitors: of the reporting day, over all starts of the stream on it, and since the last start. Numbers in
 * memory, visitors on disk, each with the start it was last seen in: who comes back after a new start is new to that
 * start and not to the day.
 */
export class DailyVisitors {
  readonly #store: Store;
  /** By day; not on disk yet. All of the present run: an end saves. */
  readonly #unsaved = new Map<number, Set<string>>();
  #day: number;
  #today: number;
  #total: number;
  /** Start of the stream, ms. */
  #run: number;
  #deleteBefore: number | undefined;

  constructor(
    store: Store,
    known: { readonly day: ReportingDay; readonly run: number; readonly total: number },
  ) {
    this.#store = store;
    this.#day = dateNumber(known.day.date);
    this.#run = known.run;
    this.#total = known.total;
    this.#today = store.visitors(this.#day);
  }

  /** Of the day that is counted now. */
  get today(): number {
    return this.#today;
  }

  /** The sum over the days since the start. */
  get total(): number {
    return this.#total;
  }

  /** Once a day and a start, whatever the visitor does. */
  count(visitor: string): void {
    const unsaved = this.#unsaved.get(this.#day) ?? new Set();
    if (unsaved.has(visitor)) return;
    const run = this.#store.visitorRun(this.#day, visitor);
    if (run === this.#run) return;
    this.#unsaved.set(this.#day, unsaved.add(visitor));
    if (run === undefined) this.#today += 1;
    this.#total += 1;
  }

  /** Who was there the day before yesterday is of no use any more. */
  beginDay({ date }: ReportingDay): void {
    this.#day = dateNumber(date);
    this.#today = this.#store.visitors(this.#day);
    this.#deleteBefore = dateNumber(date - 1);
  }

  /** The stream starts anew. @param run ms */
  begin(run: number): void {
    this.#run = run;
    this.#total = 0;
  }

  save(): void {
    for (const [day, visitors] of this.#unsaved) {
      for (const visitor of visitors) this.#store.saveVisitor(day, visitor, this.#run);
    }
    this.#unsaved.clear();
    if (this.#deleteBefore !== undefined) this.#store.deleteVisitorsBefore(this.#deleteBefore);
    this.#deleteBefore = undefined;
  }
}
