import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { objectsReadModel } from "../../../src/adapters/objects/read-model.ts";
import { objectRooms } from "../../../src/adapters/objects/rooms.ts";
import { objectTallies } from "../../../src/adapters/objects/tallies.ts";
import { systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { allShards, homesOf } from "../../../src/core/views/shards.ts";
import type { LogFields } from "../../../src/ports/log.ts";
import { ReadModelError } from "../../../src/ports/read-model.ts";
import { type ReadModelWorld, readModelContract, SCHEDULE } from "../../contract/read-model.ts";
import { stream } from "../../support/live-fakes.ts";
import { id } from "../support/events.ts";

const tallies = objectTallies(env.TALLIES, systemTimers);
const rooms = objectRooms(env.ROOMS, systemTimers);

interface Logged {
  readonly event: string;
  readonly fields: LogFields;
}

let lists = 0;

const open = (logged: Logged[] = []): ReadModelWorld => {
  lists += 1;
  const rankings = env.RANKINGS.getByName(`list-${lists}`);
  const lost = new Set<number>();
  const quiet = () => undefined;
  const model = objectsReadModel({
    tallies: {
      async counts(shard, contents) {
        if (lost.has(shard)) throw new Error("out of reach");
        return tallies.counts(shard, contents);
      },
    },
    rooms,
    rankings: { live: (limit, category) => rankings.live(limit, category) },
    schedule: SCHEDULE,
    log: { info: quiet, warn: quiet, error: (event, fields) => logged.push({ event, fields }) },
  });
  return {
    model,
    async setViews(content, shard, views) {
      await tallies.restate(shard, content, views);
    },
    lose: (shard) => lost.add(shard),
    async watch(stream, viewers) {
      let said = await rooms.open({ stream, broadcaster: "b", category: null, startedAt: 1_000 });
      for (let i = 0; i < viewers; i += 1) {
        const arrival = { role: "viewer", identity: `viewer-${i}`, network: `net-${i}` } as const;
        const { outcome, ...numbers } = { ...said, ...(await rooms.heartbeat(stream, arrival)) };
        expect(outcome).toBe("counted");
        said = numbers;
      }
      return said;
    },
    async end(stream) {
      await rooms.end(stream);
    },
    async list(entry) {
      await rankings.publish(entry);
    },
  };
};

describe("the read model of the objects", () => {
  readModelContract(() => open());

  test("the parts are told with their stamps, zeros too; a Tally that does not answer is in the log by its number", async () => {
    const logged: Logged[] = [];
    const world = open(logged);
    const model = objectsReadModel({
      tallies: {
        async counts(shard, contents) {
          if (shard === silent) throw new Error("out of reach");
          return tallies.counts(shard, contents);
        },
      },
      rooms,
      rankings: { live: async () => ({ asOf: 0, streams: [] }) },
      schedule: SCHEDULE,
      log: {
        info: () => undefined,
        warn: () => undefined,
        error: (event, fields) => logged.push({ event, fields }),
      },
    });
    const content = spread("parts");
    const [home = Number.NaN, silent = Number.NaN] = homesOf(SCHEDULE, content);
    await world.setViews(content, home, 4);
    const parts = await model.countParts([content]);
    const told = await tallies.counts(home, [content]);
    expect(parts).toEqual([{ ...told.counts[0], shard: home, asOf: parts[0]?.asOf }]);
    expect(parts[0]?.views).toBe(4);
    expect(logged).toEqual([
      {
        event: "counts.tally-unreachable",
        fields: { shard: silent, cause: "Error: out of reach" },
      },
    ]);
  });

  test("each Tally is asked once, however many contents", async () => {
    const asked: number[] = [];
    const model = objectsReadModel({
      tallies: {
        async counts(shard, contents) {
          asked.push(shard);
          return tallies.counts(shard, contents);
        },
      },
      rooms,
      rankings: { live: async () => ({ asOf: 0, streams: [] }) },
      schedule: SCHEDULE,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    const contents = Array.from({ length: 100 }, (_, index) => id(`asked-${index}`));
    expect((await model.counts(contents)).size).toBe(100);
    expect(asked.toSorted((a, b) => a - b)).toEqual(allShards(SCHEDULE));
  });

  test("a room or a list that does not answer is an error that names nothing", async () => {
    const refuse = async () => {
      throw new Error("canary");
    };
    const logged: string[] = [];
    const model = objectsReadModel({
      ...{ tallies, rooms: { numbers: refuse }, rankings: { live: refuse }, schedule: SCHEDULE },
      log: { info: () => undefined, warn: () => undefined, error: (event) => logged.push(event) },
    });
    for (const asked of [model.stream(stream("canary")), model.live(1, "canary")]) {
      const thrown = await asked.catch((cause: unknown) => cause);
      expect(thrown).toBeInstanceOf(ReadModelError);
      expect(`${thrown}`).not.toContain("canary");
    }
    expect(logged).toEqual(["streams.room-unreachable", "rankings.unreachable"]);
  });
});

/** One with two homes. */
const spread = (name: string) => {
  for (let i = 0; ; i += 1) {
    const content = id(`${name}-${i}`);
    if (homesOf(SCHEDULE, content).length === 2) return content;
  }
};
