import { PUBLISH_TIMEOUT_MS, READ_MODEL_TIMEOUT_MS } from "../../core/limits.ts";
import type { ShardSchedule } from "../../core/views/shards.ts";
import type { ReadModel, ReadModelWriter } from "../../ports/read-model.ts";
import { type RedisConnection, redisClient } from "./client.ts";
import { publishCounts, readCounts } from "./counts.ts";
import type { IncarnationDeps } from "./incarnation.ts";
import { publishRankings, readRanking } from "./rankings.ts";
import { publishStream, readLive, readStream } from "./streams.ts";

export interface RedisReadModelDeps extends IncarnationDeps {
  readonly schedule: ShardSchedule;
}

/** Upstash, or any Redis behind its protocol. `docs/read-model.md` tells what is in it. */
export const redisReadModel = (
  connection: RedisConnection,
  deps: RedisReadModelDeps,
): ReadModel & ReadModelWriter => {
  const reader = redisClient(connection, READ_MODEL_TIMEOUT_MS);
  const writer = redisClient(connection, PUBLISH_TIMEOUT_MS);
  const { schedule, clock } = deps;
  return {
    counts: (contents) => readCounts(reader, schedule, contents),
    stream: (id) => readStream(reader, id, clock.now()),
    live: (limit, category) => readLive(reader, { limit, category }, clock.now()),
    views: (window, limit, category) =>
      readRanking(reader, { window, limit, category }, clock.now()),
    publishCounts: (parts, mark) => publishCounts(writer, { parts, mark }, deps),
    publishStream: (numbers) => publishStream(writer, numbers, deps),
    publishRankings: (lists) => publishRankings(writer, lists),
  };
};
