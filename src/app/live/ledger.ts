import type { LiveDay, LiveSample } from "../../core/live/lasting.ts";
import { windowEnd } from "../../core/live/windows.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { LedgerStore } from "../../ports/room-store.ts";
import type { SavedThrough } from "../../protocol/room-rpc.ts";
import { DailyVisitors } from "./daily-visitors.ts";
import { DayAccount } from "./day-account.ts";
import { Windows } from "./windows.ts";

/**
 * What lasts of a stream's number of viewers: a sample of each window, and of each reporting day its sums and its
 * distinct visitors. Told of each change in the order of time, and told to `turn` at each bound; how late the room
 * itself hears of them makes no difference.
 *
 * All of it waits here until the list of live streams calls it saved: what changed last is compared with the last
 * entry that is in the database.
 */
export class Ledger {
  readonly #store: LedgerStore;
  readonly #calendar: ReportingCalendar;
  readonly #windows: Windows;
  readonly #days: DayAccount;
  readonly #visitors: DailyVisitors;
  /** Everything is counted until then, ms. */
  #at: number;
  #viewers = 0;
  /** Of the window in which somebody is or was there, ms. */
  #windowEnds: number;
  #live: boolean;
  /** Last change of anything that has to reach the database, ms. */
  #changedAt: number;
  /** `asOf` of the last entry that did, ms. */
  #savedAsOf: number;
  /** `asOf` of the last entry made, ms: what changes in the same millisecond is not in it. */
  #toldAt = 0;

  /** @param aliveAt until when the instance before has counted, ms */
  constructor(store: LedgerStore, calendar: ReportingCalendar, aliveAt: number) {
    const stream = store.stream();
    const { windowPeak = 0, total = 0, changedAt = 0 } = store.account() ?? {};
    const day = calendar.dayOf(aliveAt);
    this.#store = store;
    this.#calendar = calendar;
    this.#windows = new Windows(store, windowPeak);
    this.#days = new DayAccount(store, day);
    this.#visitors = new DailyVisitors(store, { day, run: stream?.startedAt ?? 0, total });
    this.#at = aliveAt;
    this.#windowEnds = windowEnd(aliveAt);
    this.#live = stream?.endedAt === null;
    this.#changedAt = changedAt;
    this.#savedAsOf = store.savedAsOf();
  }

  get numbers() {
    return { total: this.#visitors.total, uniqueToday: this.#visitors.today };
  }

  /** End of the present window, if anybody was there in it, or else of the reporting day, ms. */
  get bound(): number {
    return this.#windows.peak > 0 ? this.#windowEnds : this.#days.ends;
  }

  /** When the room has to wake for a bound, ms; `null` where nothing is lost by being late. */
  get wakeAt(): number | null {
    const needed = this.#live && (this.#windows.peak > 0 || this.#days.watched);
    return needed ? this.bound : null;
  }

  /** Something is not known to be in the database. */
  get unsaved(): boolean {
    return this.#changedAt > this.#savedAsOf || this.#windows.waiting > 0;
  }

  /** So many outlived the instance before, since `aliveAt`. */
  resume(viewers: number): void {
    this.#viewers = viewers;
    this.#reached();
  }

  /** The number is what it was until then. @param at ms */
  advance(at: number): void {
    if (at <= this.#at) return;
    if (this.#live) this.#days.pass(this.#viewers, at - this.#at);
    this.#at = at;
  }

  /** The number from then on. @param at ms, not before the last one */
  reach(viewers: number, at: number): void {
    this.advance(at);
    if (viewers === this.#viewers) return;
    this.#viewers = viewers;
    this.#reached();
    this.#changed(at);
  }

  /** A session has begun. */
  came(visitor: string, at: number): void {
    this.advance(at);
    this.#days.sessionBegan();
    this.#visitors.count(visitor);
    this.#changed(at);
  }

  /**
   * The bound is reached: the window ends, and with it perhaps the day.
   * @param viewing those who are there, visitors of the new day too
   * @param now ms; may be later
   */
  turn(viewing: Iterable<string>, now: number): void {
    const at = this.bound;
    this.advance(at);
    this.#windows.close(at, this.#viewers);
    this.#windowEnds = windowEnd(at);
    if (at < this.#days.ends) return;
    if (this.#live && this.#days.watched) this.#changed(now);
    const day = this.#calendar.dayOf(at);
    this.#days.begin(day, this.#visitors.today);
    this.#days.savedThrough(this.#savedAsOf);
    this.#visitors.beginDay(day);
    this.#days.reach(this.#viewers);
    for (const visitor of viewing) this.#visitors.count(visitor);
  }

  /** The stream starts, anew or for the first time. @param run its start, ms */
  begin(run: number, now: number): void {
    this.advance(now);
    this.#live = true;
    this.#visitors.begin(run);
    this.#changed(now);
  }

  /** Everybody is out. */
  end(now: number): void {
    this.advance(now);
    this.#windows.close(now, 0);
    this.#live = false;
    this.#changed(now);
  }

  /** For an entry that is made now. */
  tell(now: number): {
    readonly samples: readonly LiveSample[];
    readonly days: readonly LiveDay[];
  } {
    this.#toldAt = now;
    return { samples: this.#windows.oldest, days: this.#days.told(this.#visitors.today) };
  }

  /** What the list says of it; a list that was wiped says less than it said before. */
  savedThrough({ asOf, sampledThrough }: SavedThrough): void {
    this.#windows.savedThrough(sampledThrough);
    if (asOf <= this.#savedAsOf) return;
    this.#savedAsOf = asOf;
    this.#store.saveSavedAsOf(asOf);
    this.#days.savedThrough(asOf);
  }

  /** Inside a transaction, together with `aliveAt`, until when everything has to be counted. */
  save(): void {
    this.#windows.save();
    this.#days.save(this.#visitors.today);
    this.#visitors.save();
    this.#store.saveAccount({
      windowPeak: this.#windows.peak,
      total: this.#visitors.total,
      changedAt: this.#changedAt,
    });
  }

  #reached(): void {
    if (this.#windows.peak === 0) this.#windowEnds = windowEnd(this.#at);
    this.#windows.reach(this.#viewers);
    this.#days.reach(this.#viewers);
  }

  #changed(at: number): void {
    this.#changedAt = Math.max(this.#changedAt, at, this.#toldAt + 1);
    this.#days.changed(this.#changedAt);
  }
}
