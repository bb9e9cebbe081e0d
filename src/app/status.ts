import { STATUS_RECONCILIATIONS } from "../core/limits.ts";
import type { ShardSchedule } from "../core/views/shards.ts";
import type { Correctors } from "../ports/correctors.ts";
import type { JobRun, JobTables } from "../ports/database.ts";
import type { Tallies } from "../ports/tallies.ts";
import type { CorrectorStatus } from "../protocol/correction-rpc.ts";
import type { RestoringStatus, TallyStatus } from "../protocol/object-rpc.ts";
import { RECONCILE_JOB } from "./live/reconcile-record.ts";
import { askEveryShard, inShardOrder, type ShardTold } from "./views/every-shard.ts";

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

/** Each absent before the first run, and when the database does not answer. */
interface LastRuns {
  readonly lastFlush: JobRun | undefined;
  readonly lastFlushStreams: JobRun | undefined;
  readonly lastRank: JobRun | undefined;
  readonly lastCorrect: JobRun | undefined;
  readonly lastCorrectDay: JobRun | undefined;
  readonly lastClose: JobRun | undefined;
  readonly lastUpkeep: JobRun | undefined;
  /** Drift of live streams that was put right, the latest first; absent when the database does not answer. */
  readonly reconciliations: readonly JobRun[] | undefined;
}

export interface Status extends LastRuns {
  readonly shards: readonly ShardStatus[];
  readonly correctors: readonly ShardCorrection[];
}

/** How the shards stand; an object that does not answer is named, and the others are told all the same. */
export const readStatus = async (deps: StatusDeps): Promise<Status> => {
  const { tallies, correctors, jobs, schedule } = deps;
  const [shards, corrections, runs] = await Promise.all([
    askAll(schedule, async (shard) => {
      const status = await tallies.status(shard);
      if ("restoring" in status) return status;
      return { unflushed: status.position - status.flushed, ...status };
    }),
    askAll(schedule, (shard) => correctors.status(shard)),
    lastRuns(jobs),
  ]);
  return { shards, correctors: corrections, ...runs };
};

const lastRuns = async (jobs: StatusDeps["jobs"]): Promise<LastRuns> => {
  const last = (job: string) => jobs.last(job).catch(() => undefined);
  const recent = jobs.recent(RECONCILE_JOB, STATUS_RECONCILIATIONS).catch(() => undefined);
  const [
    lastFlush,
    lastFlushStreams,
    lastRank,
    lastCorrect,
    lastCorrectDay,
    lastClose,
    lastUpkeep,
  ] = await Promise.all([
    last("flush"),
    last("flush-streams"),
    last("rank"),
    last("correct"),
    last("correct-day"),
    last("close"),
    last("upkeep"),
  ]);
  const shards = { lastFlush, lastCorrect, lastCorrectDay, lastClose, lastUpkeep };
  return { ...shards, lastFlushStreams, lastRank, reconciliations: await recent };
};

const askAll = async <Answer extends object>(
  schedule: ShardSchedule,
  ask: (shard: number) => Promise<Answer>,
): Promise<readonly ShardTold<Answer>[]> => inShardOrder(await askEveryShard(schedule, ask));
