import type {
  PeriodRanking,
  RankingWindow,
  ShardSlots,
  ViewRanking,
} from "../../protocol/rankings-rpc.ts";

/** The most viewed contents, of what Tallies and the database tell. */
export class ViewRankings {
  publish(_slots: ShardSlots): void {}

  setPeriods(_rankings: readonly PeriodRanking[]): void {}

  /** @see ViewRankingsRpc.views */
  views(_window: RankingWindow, _limit: number, _category?: string): ViewRanking | undefined {
    return undefined;
  }
}
