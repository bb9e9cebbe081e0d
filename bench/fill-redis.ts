/** What is there to be read in Redis, published as Tallies and Rooms do. */
import type { RedisConnection } from "../src/adapters/redis/client.ts";
import { redisReadModel } from "../src/adapters/redis/read-model.ts";
import { systemRandom } from "../src/adapters/runtime/runtime.ts";
import type { StreamId } from "../src/core/ids.ts";
import { HOUR_MS, READ_MODEL_LIST_MAX, READ_MODEL_SETTLE_MS } from "../src/core/limits.ts";
import { stamp } from "../src/core/stamp.ts";
import type { PublishedStream } from "../src/ports/read-model.ts";
import { MANY_CONTENTS, publishCalls, SCHEDULE } from "./publish-work.ts";

export const fillRedis = async (connection: RedisConnection): Promise<void> => {
  const startedAt = Date.now();
  const model = redisReadModel(connection, {
    ...{ schedule: SCHEDULE, random: systemRandom },
    // The list begins so long ago that it is whole now.
    clock: { now: () => startedAt - READ_MODEL_SETTLE_MS },
  });
  for (const parts of publishCalls({ contents: MANY_CONTENTS, version: 1 })) {
    await model.publishCounts(parts);
  }
  for (let index = 0; index < READ_MODEL_LIST_MAX; index += 1) {
    await model.publishStream(streamAt(index, startedAt));
  }
};

/** None falls silent meanwhile: all were heard of in the future. */
const streamAt = (index: number, now: number): PublishedStream => ({
  ...{ stream: `stream-${index}` as StreamId, broadcaster: `user-${index}`, category: "games" },
  ...{ status: "live", viewers: index, peak: 2 * index, total: 9 * index, uniqueToday: 9 * index },
  ...{ recent: index, startedAt: now - index, asOf: now + HOUR_MS, stamp: stamp(now, index) },
});
