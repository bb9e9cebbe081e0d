import { STATUS_RECONCILIATIONS } from "../../core/limits.ts";
import type { ShardSchedule } from "../../core/views/shards.ts";
import type { Correctors } from "../../ports/correctors.ts";
import type { JobRun, JobTables } from "../../ports/database.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { CorrectorStatus } from "../../protocol/correction-rpc.ts";
import type { RestoringStatus, TallyStatus } from "../../protocol/object-rpc.ts";
import { RECONCILE_JOB } from "../live/reconcile-record.ts";
import { askEveryShard, inShardOrder, type ShardTold } from "./every-shard.ts";

export interface StatusDeps {
  readonly tallies: Pick<Tallies, "status">;
  readonly correctors: Pick<Correctors, "status">;
  readonly jobs: Pick<JobTables, "last" | "recent">;
  readonly schedule: ShardSchedule;
}

export type ShardStatus = ShardTold<
  ({ readonly unflushed: number } & TallyStatus) | RestoringStatus
>;
export type ShardCorrection = ShardTold<CorrectorStatus>;

export interface Status {
  readonly shards: readonly ShardStatus[];
  readonly correctors: readonly ShardCorrection[];
  /** Each absent before the first run, and when the database does not answer. */
  readonly lastFlush: JobRun | undefined;
  readonly lastCorrect: JobRun | undefined;
  readonly lastCorrectDay: JobRun | undefined;
  readonly lastClose: JobRun | undefined;
  readonly lastUpkeep: JobRun | undefined;
  /** Drift of live streams that was put right, the latest first; absent when the database does not answer. */
  readonly reconciliations: readonly JobRun[] | undefined;
}

/** How the shards stand; an object that does not answer is named, and the others are told all the same. */
export const readStatus = async (deps: StatusDeps): Promise<Status> => {
  const { tallies, correctors, jobs, schedule } = deps;
  const last = (job: string) => jobs.last(job).catch(() => undefined);
  const reconciliations = jobs.recent(RECONCILE_JOB, STATUS_RECONCILIATIONS).catch(() => undefined);
  const [shards, corrections, lastFlush, lastCorrect, lastCorrectDay, lastClose, lastUpkeep] =
    await Promise.all([
      askAll(schedule, async (shard) => {
        const status = await tallies.status(shard);
        if ("restoring" in status) return status;
        return { unflushed: status.position - status.flushed, ...status };
      }),
      askAll(schedule, (shard) => correctors.status(shard)),
      last("flush"),
      last("correct"),
      last("correct-day"),
      last("close"),
      last("upkeep"),
    ]);
  const runs = { lastFlush, lastCorrect, lastCorrectDay, lastClose, lastUpkeep };
  return {
    shards,
    correctors: corrections,
    ...runs,
    reconciliations: await reconciliations,
  };
};

const askAll = async <Answer extends object>(
  schedule: ShardSchedule,
  ask: (shard: number) => Promise<Answer>,
): Promise<readonly ShardTold<Answer>[]> => inShardOrder(await askEveryShard(schedule, ask));
