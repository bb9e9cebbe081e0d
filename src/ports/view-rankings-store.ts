import type { PeriodRanking, ShardSlots } from "../protocol/rankings-rpc.ts";
import type { Alarm } from "./alarm.ts";

/** What the object of rankings keeps on disk. What an earlier version wrote and this one cannot read is not there. */
export interface ViewRankingsStore {
  readonly alarm: Alarm;
  loadSlots(): readonly ShardSlots[];
  loadPeriods(): readonly PeriodRanking[];
  /** In place of what there was of the same shards; all or none. */
  saveSlots(parts: readonly ShardSlots[]): void;
  /** In place of what there was of the same windows; all or none. */
  savePeriods(rankings: readonly PeriodRanking[]): void;
}
