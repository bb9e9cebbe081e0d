import { dateNumber } from "../../core/civil-date.ts";
import { type DaySums, NO_SUMS, passed, reached } from "../../core/live/day-sums.ts";
import type { LiveDay } from "../../core/live/lasting.ts";
import type { ReportingDay } from "../../core/views/reporting-day.ts";
import type { DayRow, LedgerStore } from "../../ports/room-store.ts";

type Store = Pick<LedgerStore, "days" | "saveDay" | "deleteDay">;

/** The present reporting day of a stream, and those before that are not in the database as they ended. */
export class DayAccount {
  readonly #store: Store;
  #day: ReportingDay;
  #sums: DaySums = NO_SUMS;
  #changedAt = 0;
  /** Those before, by day, the oldest first. */
  readonly #past = new Map<number, DayRow>();
  /** Days before whose row on disk is not what it is here. */
  readonly #unsaved = new Set<number>();

  /** @param day the one that was counted last */
  constructor(store: Store, day: ReportingDay) {
    this.#store = store;
    this.#day = day;
    const today = dateNumber(day.date);
    for (const row of store.days()) {
      if (row.day !== today) {
        this.#past.set(row.day, row);
        continue;
      }
      const { peak, sessions, watchedMs, liveMs } = row;
      this.#sums = { peak, sessions, watchedMs, liveMs };
      this.#changedAt = row.changedAt;
    }
  }

  /** Ms. */
  get ends(): number {
    return this.#day.endMs;
  }

  /** Somebody was there on this day. */
  get watched(): boolean {
    return this.#sums.peak > 0;
  }

  /** While the stream is live. */
  pass(viewers: number, ms: number): void {
    this.#sums = passed(this.#sums, viewers, ms);
  }

  reach(viewers: number): void {
    this.#sums = reached(this.#sums, viewers);
  }

  sessionBegan(): void {
    this.#sums = { ...this.#sums, sessions: this.#sums.sessions + 1 };
  }

  changed(at: number): void {
    this.#changedAt = at;
  }

  /** The day is over, and another one is counted. A day on which nobody was there leaves nothing. */
  begin(day: ReportingDay, uniquesBefore: number): void {
    const row = this.#row(uniquesBefore);
    if (row.peak > 0) this.#past.set(row.day, row);
    this.#unsaved.add(row.day);
    this.#day = day;
    this.#sums = NO_SUMS;
    this.#changedAt = 0;
  }

  /** @param uniques of the present day */
  told(uniques: number): readonly LiveDay[] {
    const rows = [...this.#past.values()];
    return (this.watched ? [...rows, this.#row(uniques)] : rows).map(asLiveDay);
  }

  /** All that changed until then is in the database. @param asOf ms */
  savedThrough(asOf: number): void {
    for (const { day, changedAt } of [...this.#past.values()]) {
      if (changedAt > asOf) continue;
      this.#past.delete(day);
      this.#unsaved.delete(day);
      this.#store.deleteDay(day);
    }
  }

  /** @param uniques of the present day */
  save(uniques: number): void {
    for (const day of this.#unsaved) {
      const row = this.#past.get(day);
      if (row === undefined) this.#store.deleteDay(day);
      else this.#store.saveDay(row);
    }
    this.#unsaved.clear();
    this.#store.saveDay(this.#row(uniques));
  }

  #row(uniques: number): DayRow {
    const day = dateNumber(this.#day.date);
    return { day, uniques, ...this.#sums, changedAt: this.#changedAt };
  }
}

const asLiveDay = ({ day, peak, uniques, sessions, watchedMs, liveMs }: DayRow): LiveDay => ({
  day,
  peak,
  uniques,
  sessions,
  watchedSeconds: Math.floor(watchedMs / 1_000),
  liveSeconds: Math.floor(liveMs / 1_000),
});
