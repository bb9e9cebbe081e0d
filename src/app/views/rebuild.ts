import { HOUR_MS } from "../../core/limits.ts";
import { hourOf } from "../../core/views/ledger.ts";
import type { ShardSchedule } from "../../core/views/shards.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Correctors } from "../../ports/correctors.ts";
import { orderCorrection } from "./correct.ts";

export interface RebuildDeps {
  readonly correctors: Pick<Correctors, "correct">;
  readonly schedule: ShardSchedule;
  readonly clock: Clock;
}

export type ShardRebuild =
  | { readonly shard: number; readonly hours: number }
  | { readonly shard: number; readonly failed: string };

/** Has every hour from `fromHourMs` on found anew from the raw log. */
export const rebuild = async (
  deps: RebuildDeps,
  fromHourMs: number,
): Promise<{ readonly shards: readonly ShardRebuild[] }> => {
  const to = hourOf(deps.clock.now()) + HOUR_MS;
  const ordered = await orderCorrection(deps, {
    kind: "hours",
    from: fromHourMs,
    to,
    reason: "rebuild",
  });
  const shards = ordered.map((answer) =>
    "failed" in answer ? answer : { shard: answer.shard, hours: answer.waiting },
  );
  return { shards };
};
