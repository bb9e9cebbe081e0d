import type { PeriodRanking, RankedContent, RankingPeriod } from "../../protocol/rankings-rpc.ts";
import type { RankedLists } from "./view-rankings-merge.ts";

export interface PeriodLists extends RankedLists {
  readonly window: RankingPeriod;
  readonly asOf: number;
  readonly from: number;
  readonly to: number;
}

/** The lists of the day, the week and the month, as the database last told them. */
export class PeriodBoard {
  readonly #kept = new Map<RankingPeriod, PeriodLists>();

  constructor(loaded: readonly PeriodRanking[]) {
    for (const ranking of loaded) this.take(ranking);
  }

  /** @returns false: what is known of the window is younger */
  take(ranking: PeriodRanking): boolean {
    const known = this.#kept.get(ranking.window);
    if (known !== undefined && known.asOf > ranking.asOf) return false;
    const byCategory = new Map<string, readonly RankedContent[]>(ranking.byCategory);
    this.#kept.set(ranking.window, { ...ranking, byCategory });
    return true;
  }

  /** @returns undefined: nobody told it, or it is over; a list of yesterday is none of today */
  lists(window: RankingPeriod, now: number): PeriodLists | undefined {
    const lists = this.#kept.get(window);
    return lists === undefined || lists.to <= now ? undefined : lists;
  }
}
