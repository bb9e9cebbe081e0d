import type {
  PeriodRanking,
  RankingWindow,
  ShardSlots,
  ViewRanking,
} from "../protocol/rankings-rpc.ts";

/** The most viewed contents. Every call throws when the object fails or does not answer in time, and is safe to repeat. */
export interface ViewRankings {
  /** What a Tally knows of the last hour. */
  publish(slots: ShardSlots): Promise<void>;
  /** What the database knows of days, weeks and months. */
  setPeriods(rankings: readonly PeriodRanking[]): Promise<void>;
  /** @see ViewRankingsRpc.views */
  views(window: RankingWindow, limit: number, category?: string): Promise<ViewRanking | undefined>;
}
