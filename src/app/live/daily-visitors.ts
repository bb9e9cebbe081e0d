import type { ReportingCalendar, ReportingDay } from "../../core/views/reporting-day.ts";
import type { RoomStore } from "../../ports/room-store.ts";

type Store = Pick<
  RoomStore,
  "hasUnique" | "saveUnique" | "uniques" | "uniquesOfAllDays" | "deleteUniques"
>;

/** Distinct visitors of each reporting day since the start: numbers in memory, visitors on disk. */
export class DailyVisitors {
  readonly #store: Store;
  readonly #calendar: ReportingCalendar;
  /** By day; not on disk yet. */
  readonly #unsaved = new Map<string, Set<string>>();
  #day: ReportingDay;
  #today: number;
  #total: number;

  /** @param at of the day that was last counted, ms */
  constructor(store: Store, calendar: ReportingCalendar, at: number) {
    this.#store = store;
    this.#calendar = calendar;
    this.#day = calendar.dayOf(at);
    this.#today = store.uniques(this.#day.name);
    this.#total = store.uniquesOfAllDays();
  }

  /** Of the day that is counted now. */
  get today(): number {
    return this.#today;
  }

  /** The sum over the days. */
  get total(): number {
    return this.#total;
  }

  /** Ms. */
  get dayEnds(): number {
    return this.#day.endMs;
  }

  /** Once a day, whatever the visitor does. */
  count(visitor: string): void {
    const { name } = this.#day;
    const unsaved = this.#unsaved.get(name) ?? new Set();
    if (unsaved.has(visitor) || this.#store.hasUnique(name, visitor)) return;
    this.#unsaved.set(name, unsaved.add(visitor));
    this.#today += 1;
    this.#total += 1;
  }

  /** @param at a time of the day that begins, ms */
  beginDay(at: number): void {
    this.#day = this.#calendar.dayOf(at);
    this.#today = this.#store.uniques(this.#day.name);
  }

  /** Forgets all days. */
  reset(at: number): void {
    this.#store.deleteUniques();
    this.#unsaved.clear();
    this.#total = 0;
    this.beginDay(at);
  }

  save(): void {
    for (const [day, visitors] of this.#unsaved) {
      for (const visitor of visitors) this.#store.saveUnique(day, visitor);
    }
    this.#unsaved.clear();
  }
}
