/** The read model over a Redis of its own, with a clock that stands still, and a record of what it asked for. */
import { redisReadModel } from "../../src/adapters/redis/read-model.ts";
import type { ContentId, StreamId } from "../../src/core/ids.ts";
import { READ_MODEL_SETTLE_MS } from "../../src/core/limits.ts";
import { type Stamp, stamp } from "../../src/core/stamp.ts";
import { homesOf, type ShardSchedule } from "../../src/core/views/shards.ts";
import type {
  CountPart,
  PublishedStream,
  ReadModel,
  ReadModelWriter,
} from "../../src/ports/read-model.ts";
import { type FreshUpstash, freshUpstash } from "./redis.ts";

/** Some contents have two homes. */
export const SCHEDULE: ShardSchedule = [
  { count: 8, fromHourMs: Number.NEGATIVE_INFINITY },
  { count: 16, fromHourMs: Date.UTC(2026, 0, 1) },
];

export const NOON = Date.UTC(2026, 10, 21, 12);

export interface RedisModel extends FreshUpstash {
  readonly model: ReadModel & ReadModelWriter;
  readonly calls: (readonly string[])[][];
  now: number;
  /** What a hash of Redis has, past the model. */
  hash(key: string): Promise<ReadonlyMap<string, string>>;
  /** What a sorted set has, the lowest first. */
  sorted(key: string): Promise<readonly string[]>;
  /** Has the list be there, and old enough to be believed. */
  settle(): Promise<void>;
}

/** @param token of the gateway */
export const openRedisModel = async ({ token = "token-of-a-test" } = {}): Promise<RedisModel> => {
  const calls: (readonly string[])[][] = [];
  const upstash = await freshUpstash({
    token,
    onRequest: ({ commands }) => calls.push(commands.map((command) => command.map(String))),
  });
  const texts = async (...words: readonly string[]): Promise<readonly string[]> => {
    const found = await upstash.redis.command(...words);
    return Array.isArray(found) ? found.map(String) : [];
  };
  const opened: RedisModel = {
    ...upstash,
    model: redisReadModel(upstash, {
      schedule: SCHEDULE,
      clock: { now: () => opened.now },
      random: {
        bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
        fraction: () => 0,
      },
    }),
    calls,
    now: NOON,
    hash: async (key) => {
      const flat = await texts("HGETALL", key);
      const pairs = flat.flatMap((field, index) =>
        index % 2 === 0 ? [[field, flat[index + 1] ?? ""] as const] : [],
      );
      return new Map(pairs);
    },
    sorted: (key) => texts("ZRANGE", key, "0", "-1"),
    settle: async () => {
      opened.now -= READ_MODEL_SETTLE_MS;
      const first = aStreamOf(streamOf("first"), {
        asOf: opened.now,
        status: "ended",
      });
      await opened.model.publishStream(first);
      opened.now += READ_MODEL_SETTLE_MS;
    },
  };
  return opened;
};

export const content = (text: string): ContentId => text as ContentId;
export const streamOf = (text: string): StreamId => text as StreamId;

/** All of the content's parts. */
export const partsOf = (
  id: ContentId,
  views: number,
  { stamp: at = stamp(1, 1), asOf = NOON }: { stamp?: Stamp; asOf?: number } = {},
): readonly CountPart[] =>
  homesOf(SCHEDULE, id).map((shard) => ({ content: id, shard, views, stamp: at, asOf }));

export const aStreamOf = (
  stream: StreamId,
  more: Partial<PublishedStream> = {},
): PublishedStream => ({
  ...{ stream, broadcaster: "b", category: null, status: "live", viewers: 1, peak: 2, total: 3 },
  ...{ uniqueToday: 4, recent: 5, startedAt: NOON - 1_000, asOf: NOON, stamp: stamp(1, 1) },
  ...more,
});
