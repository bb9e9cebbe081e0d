import { DELETE_BATCH_ROWS, DELETE_MAX_STATEMENTS, REPEATS_KEPT_MS } from "../core/limits.ts";
import {
  AGEING_TABLES,
  type AgeingTable,
  type PartitionPlan,
  planPartitions,
} from "../core/partitions.ts";
import type { ShardSchedule } from "../core/views/shards.ts";
import type { JobRun, UpkeepTables } from "../ports/database.ts";
import type { IdempotencyTables } from "../ports/idempotency.ts";
import type { Tallies } from "../ports/tallies.ts";
import { type JobRunDeps, runJob } from "./job-run.ts";
import { askEveryShard } from "./views/every-shard.ts";

export interface UpkeepDeps extends JobRunDeps {
  readonly tallies: Pick<Tallies, "status">;
  readonly schedule: ShardSchedule;
  readonly upkeep: UpkeepTables;
  readonly idempotency: Pick<IdempotencyTables, "deleteBefore">;
}

/** Something an operator should know of a table: what failed, or what is left. */
interface Note {
  readonly table: AgeingTable | "idempotency_keys";
  readonly cause: string;
}

/** What was done to one table. */
interface Kept {
  rows: number;
  statements: number;
  readonly left: Note[];
}

/**
 * Makes partitions ahead and takes away what is too old; a table that fails stops no other. Hourly counts go only when
 * every shard has closed them, and none go while one shard does not say so.
 */
export const upkeep = (deps: UpkeepDeps): Promise<JobRun> =>
  runJob("upkeep", deps, async () => {
    const failed: Note[] = [];
    const outcomes: Kept[] = [];
    const closedThrough = await readClosedThrough(deps, failed);
    for (const table of AGEING_TABLES) {
      const kept: Kept = { rows: 0, statements: 0, left: [] };
      outcomes.push(kept);
      const bound = table === "view_hourly" ? { droppableBefore: closedThrough } : {};
      try {
        await keepTable(deps, table, bound, kept);
      } catch (cause) {
        failed.push({ table, cause: `${cause}` });
      }
    }
    const repeats: Kept = { rows: 0, statements: 0, left: [] };
    outcomes.push(repeats);
    await forgetRequests(deps, repeats).catch((cause: unknown) => {
      failed.push({ table: "idempotency_keys", cause: `${cause}` });
    });
    for (const { table, cause } of failed) deps.log.error("upkeep.failed", { table, cause });
    const left = outcomes.flatMap((kept) => kept.left);
    for (const { table, cause } of left) deps.log.warn("upkeep.left", { table, cause });
    return {
      rows: outcomes.reduce((sum, { rows }) => sum + rows, 0),
      statements: outcomes.reduce((sum, { statements }) => sum + statements, 0),
      failed,
      left,
    };
  });

/** @returns the hour before which every shard is closed, ms; 0 when one of them does not say */
const readClosedThrough = async (
  { tallies, schedule }: UpkeepDeps,
  failed: Note[],
): Promise<number> => {
  const asked = await askEveryShard(schedule, async (shard) => {
    const status = await tallies.status(shard);
    if ("restoring" in status) throw new Error(`it is being restored (${status.restoring})`);
    return status;
  });
  for (const { shard, cause } of asked.failed) {
    failed.push({ table: "view_hourly", cause: `nothing may go, shard ${shard}: ${cause}` });
  }
  if (asked.failed.length > 0) return 0;
  return Math.min(...asked.answers.map(({ answer }) => answer.closedThrough));
};

/** One table, what it wants and what was done. */
interface Task {
  readonly upkeep: UpkeepTables;
  readonly table: AgeingTable;
  readonly plan: PartitionPlan;
  readonly kept: Kept;
}

const keepTable = async (
  { upkeep, clock }: UpkeepDeps,
  table: AgeingTable,
  bound: { readonly droppableBefore?: number },
  kept: Kept,
): Promise<void> => {
  const partitions = await upkeep.partitions(table);
  const plan = planPartitions({ table, partitions, now: clock.now(), ...bound });
  const task: Task = { upkeep, table, plan, kept };
  const added = await add(task);
  const dropped = await drop(task);
  if (partitions === undefined || !added || !dropped) await deleteRows(task);
};

/**
 * Without partitions ahead rows go to the catch-all, which loses nothing but cannot be dropped.
 * @returns false when the store does not let us
 */
const add = async ({ upkeep, table, plan, kept }: Task): Promise<boolean> => {
  if (plan.add.length === 0) return true;
  kept.statements += 1;
  if ((await upkeep.addPartitions(table, plan.add)) === "done") return true;
  const names = plan.add.map(({ name }) => name).join(", ");
  const inUse = plan.catchAllInUse ? "; the catch-all holds rows already" : "";
  kept.left.push({ table, cause: `the database refused to add ${names}${inUse}` });
  return false;
};

/** @returns false when the store does not let us */
const drop = async ({ upkeep, table, plan, kept }: Task): Promise<boolean> => {
  for (const name of plan.drop) {
    kept.statements += 1;
    if ((await upkeep.dropPartition(table, name)) === "refused") return false;
  }
  return true;
};

const deleteRows = async ({ upkeep, table, plan, kept }: Task): Promise<void> => {
  const { deleteBefore } = plan;
  if (deleteBefore === undefined) return;
  await deleteInBatches(table, kept, (limit) => upkeep.deleteBefore(table, deleteBefore, limit));
};

/** What repeated requests were answered: nobody is told it any more. */
const forgetRequests = async ({ idempotency, clock }: UpkeepDeps, kept: Kept): Promise<void> => {
  const before = clock.now() - REPEATS_KEPT_MS;
  await deleteInBatches("idempotency_keys", kept, (limit) =>
    idempotency.deleteBefore(before, limit),
  );
};

const deleteInBatches = async (
  table: Note["table"],
  kept: Kept,
  deleteSome: (limit: number) => Promise<number>,
): Promise<void> => {
  for (let statement = 0; statement < DELETE_MAX_STATEMENTS; statement += 1) {
    const deleted = await deleteSome(DELETE_BATCH_ROWS);
    kept.statements += 1;
    kept.rows += deleted;
    if (deleted < DELETE_BATCH_ROWS) return;
  }
  kept.left.push({ table, cause: "there are more rows to delete" });
};
