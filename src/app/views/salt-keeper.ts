import { HOUR_MS, SALT_LEAD_MS, SALT_LIFE_MS } from "../../core/limits.ts";
import type { ReportingCalendar, ReportingDay } from "../../core/views/reporting-day.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { SaltStore } from "../../ports/salt-store.ts";
import type { DaySalt } from "../../protocol/object-rpc.ts";

const SALT_BYTES = 32;

export interface SaltKeeperDeps {
  readonly store: SaltStore;
  readonly calendar: ReportingCalendar;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Makes the salt of each reporting day at random and deletes it for good 72 h after the day began. A day that passed
 * without one stays without: a salt is never made for the past.
 */
export class SaltKeeper {
  readonly #deps: SaltKeeperDeps;

  constructor(deps: SaltKeeperDeps) {
    this.#deps = deps;
  }

  /** @returns what there is of yesterday's, today's and, from an hour before it begins, tomorrow's salt */
  current(): readonly DaySalt[] {
    const now = this.#deps.clock.now();
    this.#tend(now);
    const { calendar, store } = this.#deps;
    const today = calendar.dayOf(now);
    const days = [calendar.dayOf(today.startMs - 1), today, calendar.dayOf(today.endMs)];
    return days.flatMap(({ name, startMs, endMs }) => {
      const salt = store.read(startMs);
      return salt === undefined ? [] : [{ day: name, startMs, endMs, salt }];
    });
  }

  /** Runs each hour while the object exists, so that deletion depends on nobody's asking. */
  alarm(): void {
    this.#tend(this.#deps.clock.now());
  }

  #tend(now: number): void {
    const { calendar, store } = this.#deps;
    // Days begin with an hour, so salts come and go on the hour.
    store.alarm.set((Math.floor(now / HOUR_MS) + 1) * HOUR_MS);
    this.#make(calendar.dayOf(now));
    this.#make(calendar.dayOf(now + SALT_LEAD_MS));
    store.deleteThrough(now - SALT_LIFE_MS);
  }

  #make({ startMs }: ReportingDay): void {
    const { store, random } = this.#deps;
    if (store.read(startMs) === undefined) store.write(startMs, random.bytes(SALT_BYTES));
  }
}
