import { EVENT_MAX_AGE_MS, EVENT_MAX_AHEAD_MS } from "../../core/limits.ts";
import { earliestReplayed } from "../../core/views/replayed.ts";
import type { ReplaySalts } from "../../ports/replay-salts.ts";
import type { Salts, SaltsAround } from "../../ports/salts.ts";

/** @returns the salts of the day of `at`, ms; `undefined`: that day has none */
export type SaltsAt = (at: number) => Promise<SaltsAround | undefined>;

/** Which times are taken from somebody who says them, and whose salts hash the visitors of those. */
export interface EventTerms {
  /** Events of `earliest <= at <= latest`, ms. */
  earliest(now: number): number;
  latest(now: number): number;
  /** @throws when there are no salts just now */
  openSalts(now: number): Promise<SaltsAt>;
}

/** A site's own back end tells of what happens. Its visitors are hashed as those of browsers are. */
export const backEndTerms = (salts: Salts): EventTerms => ({
  earliest: (now) => now - EVENT_MAX_AGE_MS,
  latest: (now) => now + EVENT_MAX_AHEAD_MS,
  async openSalts(now) {
    await salts.around(now);
    // With it come those of the days next to it.
    return async (at) => {
      const today = salts.remembered(at);
      if (today === undefined) return undefined;
      const yesterday = salts.remembered(today.startMs - 1);
      return { today, ...(yesterday !== undefined && { yesterday }) };
    };
  },
});

/**
 * What happened before is replayed: as far back as an hour can be corrected. Salts are made of the day, also where its random one is at hand: a line that is replayed again next week is the same visitor.
 */
export const replayTerms = (salts: ReplaySalts): EventTerms => ({
  earliest: earliestReplayed,
  latest: (now) => now,
  openSalts: async () => (at) => salts.around(at),
});
