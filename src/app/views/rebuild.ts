import { hourOf } from "../../core/views/ledger.ts";
import type { ShardSchedule } from "../../core/views/shards.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Correctors } from "../../ports/correctors.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { askEveryShard, type ShardAnswers } from "./every-shard.ts";

export interface RebuildDeps {
  readonly tallies: Pick<Tallies, "reflush" | "flush" | "rollUp">;
  readonly correctors: Pick<Correctors, "correct">;
  readonly schedule: ShardSchedule;
  readonly clock: Clock;
}

export interface RebuiltShard {
  /** Cells, totals and days that were sent. */
  readonly rows: number;
  /** Hours and days that wait for correction now. */
  readonly waiting: number;
}

/**
 * Fills a database that was lost, or lost some of its rows: every Tally sends all it has, and every Corrector makes
 * anew what only correction knows of the hours from `from` on that are over. A shard that fails is named; what it was
 * asked to send goes with the next flush all the same, and asking again is safe.
 * @param from ms; older hours keep what the database has of them
 */
export const rebuild = (
  { tallies, correctors, schedule, clock }: RebuildDeps,
  from: number,
): Promise<ShardAnswers<RebuiltShard>> => {
  const hours = { kind: "hours", from: hourOf(from), to: hourOf(clock.now()) } as const;
  return askEveryShard(schedule, async (shard) => {
    await tallies.reflush(shard);
    // Ordered before the sending, which may outlast whoever waits for it.
    const { waiting } = await correctors.correct(shard, { ...hours, reason: "rebuild" });
    const { rows } = await tallies.flush(shard);
    const days = await tallies.rollUp(shard);
    return { rows: rows + days.rows, waiting };
  });
};
