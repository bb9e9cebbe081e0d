import { CRON_PARALLEL } from "../../core/limits.ts";
import { allShards, type ShardSchedule } from "../../core/views/shards.ts";
import type { Log } from "../../ports/log.ts";
import type { Tallies } from "../../ports/tallies.ts";

interface Deps {
  readonly tallies: Pick<Tallies, "checkpoint">;
  readonly schedule: ShardSchedule;
  readonly log: Log;
}

/** Has every Tally save what is not saved yet, so that an alarm the platform gave up costs minutes at most. One that fails stops no other. */
export const checkpointTallies = async ({ tallies, schedule, log }: Deps): Promise<void> => {
  const shards = [...allShards(schedule)];
  let failures = 0;
  const work = async () => {
    for (let shard = shards.shift(); shard !== undefined; shard = shards.shift()) {
      try {
        const { approximateMinutes } = await tallies.checkpoint(shard);
        if (approximateMinutes > 0)
          log.warn("tally.window-approximate", { shard, approximateMinutes });
      } catch (cause) {
        failures += 1;
        log.error("tally.checkpoint-failed", { shard, cause: `${cause}` });
      }
    }
  };
  await Promise.all(Array.from({ length: CRON_PARALLEL }, work));
  log.info("tally.checkpointed", { shards: allShards(schedule).length, failures });
};
