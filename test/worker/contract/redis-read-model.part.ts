import { describe, expect, inject, test } from "vitest";
import { redisReadModel } from "../../../src/adapters/redis/read-model.ts";
import { systemRandom } from "../../../src/adapters/runtime/runtime.ts";
import { mergeSlots, type RankedLists } from "../../../src/app/views/view-rankings-merge.ts";
import type { StreamId } from "../../../src/core/ids.ts";
import { READ_MODEL_SETTLE_MS } from "../../../src/core/limits.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { RANKED_SLOTS, SLOT_MS } from "../../../src/core/views/slots.ts";
import { type PublishedStream, ReadModelError } from "../../../src/ports/read-model.ts";
import type { RankingWindow, ViewRanking } from "../../../src/protocol/rankings-rpc.ts";
import type { RoomNumbers } from "../../../src/protocol/room-rpc.ts";
import { type ReadModelWorld, readModelContract, SCHEDULE } from "../../contract/read-model.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** As `UPSTASH_REDIS_REST_URL` takes it; empty where there is no Redis. Its database is that of all these tests. */
    redisUrl: string;
    redisToken: string;
  }
}

const url = inject("redisUrl");
const connection = { url, token: inject("redisToken") };

const modelAt = (now: () => number) =>
  redisReadModel(connection, { schedule: SCHEDULE, clock: { now }, random: systemRandom });

const model = modelAt(Date.now);

/** As if the list had begun some time ago, unless somebody else has begun it a moment ago. */
const early = modelAt(() => Date.now() - READ_MODEL_SETTLE_MS);

const publishLists = (
  window: RankingWindow,
  bounds: Pick<ViewRanking, "asOf" | "from" | "to">,
  { all, byCategory }: RankedLists,
): Promise<void> => {
  const lists = [[undefined, all] as const, ...byCategory];
  return model.publishRankings(
    lists.map(([category, contents]) => ({
      window,
      category,
      ranking: { window, ...bounds, contents },
    })),
  );
};

const open = (): ReadModelWorld => {
  const lost = new Set<number>();
  let version = 0;
  const nextStamp = () => {
    version += 1;
    return stamp(1, version);
  };
  const said = new Map<StreamId, PublishedStream>();
  return {
    model,
    async setViews(content, shard, views) {
      if (lost.has(shard)) return;
      await model.publishCounts([{ content, shard, views, stamp: nextStamp(), asOf: Date.now() }]);
    },
    lose: (shard) => lost.add(shard),
    async watch(stream, viewers) {
      const told: RoomNumbers = {
        ...{ stream, status: "live", viewers, peak: 1_001, total: 1_002, uniqueToday: 1_003 },
        ...{ recent: 1_004, startedAt: 1_005, asOf: Date.now(), stamp: nextStamp() },
      };
      const published = { ...told, broadcaster: "b", category: null };
      said.set(stream, published);
      await early.publishStream(published);
      return told;
    },
    async end(stream) {
      const last = said.get(stream);
      if (last === undefined) throw new Error("it never was there");
      await early.publishStream({ ...last, status: "ended", viewers: 0, stamp: nextStamp() });
    },
    async list({ samples: _, days: __, ...numbers }) {
      await early.publishStream({ ...numbers, recent: 0 });
    },
    async rankHour(slots) {
      const from = (slots.slot - RANKED_SLOTS + 1) * SLOT_MS;
      const bounds = { asOf: slots.asOf, from, to: (slots.slot + 1) * SLOT_MS };
      await publishLists("realtime", bounds, mergeSlots([slots]));
    },
    async rankPeriod({ all, byCategory, window, ...bounds }) {
      await publishLists(window, bounds, { all, byCategory: new Map(byCategory) });
    },
  };
};

describe.skipIf(url === "")("the read model on Redis", () => {
  readModelContract(open);

  test("in workerd, too, an error names nothing of what was asked", async () => {
    const stranger = { url, token: "canary-token" };
    const deps = { schedule: SCHEDULE, clock: { now: Date.now }, random: systemRandom };
    const thrown = await redisReadModel(stranger, deps)
      .stream("canary-stream" as StreamId)
      .catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(ReadModelError);
    expect(`${thrown}`).toBe("ReadModelError: Redis refused: WRONGPASS");
  });
});
