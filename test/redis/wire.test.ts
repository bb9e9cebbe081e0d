import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RequestFault } from "../../dev/upstash-gateway/faults.ts";
import type { ContentId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import { homesOf } from "../../src/core/views/shards.ts";
import {
  type CountPart,
  type PublishedStream,
  ReadModelError,
} from "../../src/ports/read-model.ts";
import { NO_REDIS } from "../support/redis.ts";
import {
  aStreamOf,
  content,
  openRedisModel,
  type RedisModel,
  SCHEDULE,
  streamOf,
} from "../support/redis-model.ts";

/** What becomes of a publish on its way; `late`: it arrives when all others are through. */
const FATES = [
  "done",
  "applied, answer dropped",
  "cut",
  "twice",
  "late",
  "lost",
  "delayed",
] as const;
type Fate = (typeof FATES)[number];

interface Journey {
  readonly fate: Fate;
  /** Publishes are sent in the order of these. */
  readonly turn: number;
}

const journey = {
  fate: fc.constantFrom<Fate>("done", "done", "applied, answer dropped", ...FATES),
  turn: fc.double({ noNaN: true }),
};

const CONTENTS: readonly ContentId[] = ["a", "b", "c", "d", "e", "f"].map(content);
const CATEGORIES = [null, "games", "music"] as const;

const countsPublish = fc.record({
  ...journey,
  parts: fc.array(
    fc.record({ content: fc.constantFrom(...CONTENTS), home: fc.nat(1), views: fc.nat(1_000_000) }),
    { minLength: 1, maxLength: 4 },
  ),
});

const streamPublish = fc.record({
  ...journey,
  stream: fc.constantFrom("s", "t", "u", "v", "w").map(streamOf),
  status: fc.constantFrom("live", "live", "live", "syncing", "ended"),
  category: fc.constantFrom(...CATEGORIES),
  viewers: fc.nat(4),
});

/** Publishes of one run, and runs of each kind. */
const PUBLISHES = 100;
const RUNS = 10;
const AT_A_TIME = 8;

const many = <T>(one: fc.Arbitrary<T>) =>
  fc.array(one, { minLength: PUBLISHES, maxLength: PUBLISHES, size: "max" });

describe.skipIf(NO_REDIS)("over a wire that loses answers, doubles, delays and reorders", () => {
  let redis: RedisModel;

  beforeAll(async () => {
    redis = await openRedisModel();
  });

  afterAll(() => redis.close());

  beforeEach(() => redis.redis.flush());

  /** Sends each as its fate wants, what failed again, and in the end has what is late arrive. */
  const sendAll = async (
    journeys: readonly Journey[],
    send: (index: number) => Promise<unknown>,
  ): Promise<void> => {
    const release = Promise.withResolvers<void>();
    const order = [...journeys.keys()].toSorted(
      (a, b) => (journeys[a]?.turn ?? 0) - (journeys[b]?.turn ?? 0),
    );
    const faults: Readonly<Record<Fate, RequestFault | undefined>> = {
      done: undefined,
      "applied, answer dropped": { kind: "apply-and-drop" },
      cut: { kind: "cut" },
      twice: { kind: "twice" },
      late: { kind: "hold", until: release.promise },
      lost: { kind: "refuse" },
      delayed: { kind: "delay", ms: 10 },
    };
    const again: number[] = [];
    for (let next = 0; next < order.length; next += AT_A_TIME) {
      const some = order.slice(next, next + AT_A_TIME);
      const left = some.map((index) => faults[journeys[index]?.fate ?? "done"]);
      redis.faults.choose(() => left.shift());
      await Promise.all(
        some.map((index) =>
          send(index).catch((cause: unknown) => {
            expect(cause).toBeInstanceOf(ReadModelError);
            again.push(index);
          }),
        ),
      );
    }
    redis.faults.clear();
    for (const index of again) await send(index);
    release.resolve();
    await redis.faults.settled();
  };

  test("1,000 publishes of counts have one effect each: of every part the one with the largest stamp", async () => {
    await fc.assert(
      fc.asyncProperty(many(countsPublish), async (publishes) => {
        await redis.redis.flush();
        const sent = publishes.map(({ parts }, index) =>
          parts.map(({ content, home, views }, at): CountPart => {
            const homes = homesOf(SCHEDULE, content);
            const shard = homes[home % homes.length] ?? Number.NaN;
            const order = index * 4 + at;
            return { content, shard, views, stamp: stamp(1, order), asOf: redis.now + order };
          }),
        );
        await sendAll(publishes, (index) => redis.model.publishCounts(sent[index] ?? []));
        const expected = new Map(
          sent.flat().map((part) => [`${part.content} ${part.shard}`, part] as const),
        );
        for (const content of CONTENTS) {
          const parts = homesOf(SCHEDULE, content).flatMap(
            (shard) => expected.get(`${content} ${shard}`) ?? [],
          );
          const texts = parts.map(
            (part) => [`${part.shard}`, `${part.stamp} ${part.views} ${part.asOf}`] as const,
          );
          expect(await redis.hash(`count:{${content}}`)).toEqual(new Map(texts));
          const whole = parts.length === homesOf(SCHEDULE, content).length;
          const views = parts.reduce((sum, part) => sum + part.views, 0);
          const told = (await redis.model.counts([content])).get(content);
          expect(told?.views).toBe(whole ? views : undefined);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("1,000 publishes of streams have one effect each: numbers and every list as of the largest stamp", async () => {
    await fc.assert(
      fc.asyncProperty(many(streamPublish), async (publishes) => {
        await redis.redis.flush();
        await redis.settle();
        const sent = publishes.map(({ stream, status, category, viewers }, index) =>
          aStreamOf(stream, {
            ...{ status, category, viewers, asOf: redis.now - 500 + index },
            ...{ startedAt: redis.now - 1_000_000, stamp: stamp(1, index) },
          }),
        );
        await sendAll(publishes, async (index) => {
          const numbers = sent[index];
          if (numbers !== undefined) await redis.model.publishStream(numbers);
        });
        const last = new Map(sent.map((numbers) => [numbers.stream, numbers]));
        for (const { stream, broadcaster: _, category: __, ...numbers } of last.values()) {
          expect(await redis.model.stream(stream)).toEqual({ stream, ...numbers });
        }
        for (const category of [undefined, "games", "music"]) await checkList(category, last);
      }),
      { numRuns: RUNS },
    );
  });

  const checkList = async (
    category: string | undefined,
    last: ReadonlyMap<string, PublishedStream>,
  ): Promise<void> => {
    const listed = [...last.values()].filter(
      (numbers) =>
        numbers.status !== "ended" && (category === undefined || numbers.category === category),
    );
    // Streams of one rank are in the order of their names, the last first.
    const expected = listed
      .toSorted((a, b) => b.viewers - a.viewers || (a.stream < b.stream ? 1 : -1))
      .map(({ recent: _, ...numbers }) => numbers);
    expect((await redis.model.live(100, category)).streams).toEqual(expected);
    const key = category === undefined ? "{live}:all" : `{live}:category:${category}`;
    expect((await redis.sorted(key)).toReversed()).toEqual(expected.map(({ stream }) => stream));
  };
});
