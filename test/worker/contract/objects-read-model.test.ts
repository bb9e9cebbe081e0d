import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { objectRankings } from "../../../src/adapters/objects/rankings.ts";
import {
  type ObjectsReadModel,
  type ObjectsReadModelDeps,
  objectsReadModel,
} from "../../../src/adapters/objects/read-model.ts";
import { objectRooms } from "../../../src/adapters/objects/rooms.ts";
import { objectTallies } from "../../../src/adapters/objects/tallies.ts";
import { objectViewRankings } from "../../../src/adapters/objects/view-rankings.ts";
import { systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { allShards, homesOf } from "../../../src/core/views/shards.ts";
import type { Log, LogFields } from "../../../src/ports/log.ts";
import { ReadModelError } from "../../../src/ports/read-model.ts";
import type { Tallies } from "../../../src/ports/tallies.ts";
import { type ReadModelWorld, readModelContract, SCHEDULE } from "../../contract/read-model.ts";
import { stream } from "../../support/live-fakes.ts";
import { id } from "../support/events.ts";

const tallies = objectTallies(env.TALLIES, systemTimers);
const rooms = objectRooms(env.ROOMS, systemTimers);
const rankings = objectRankings(env.RANKINGS, systemTimers);
const viewRankings = objectViewRankings(env.VIEW_RANKINGS, systemTimers);

interface Logged {
  readonly event: string;
  readonly fields: LogFields;
}

/** As deployed but for what is given. */
const modelOf = (
  given: Partial<Omit<ObjectsReadModelDeps, "log" | "schedule">>,
  logged: Logged[] = [],
): ObjectsReadModel => {
  const quiet = () => undefined;
  const log: Log = {
    ...{ info: quiet, warn: quiet },
    error: (event, fields) => logged.push({ event, fields }),
  };
  const objects = { tallies, rooms, rankings, viewRankings };
  return objectsReadModel({ ...objects, schedule: SCHEDULE, log, ...given });
};

/** Tallies of which some do not answer. */
const without = (lost: ReadonlySet<number>): Pick<Tallies, "counts"> => ({
  async counts(shard, contents) {
    if (lost.has(shard)) throw new Error("out of reach");
    return tallies.counts(shard, contents);
  },
});

let lists = 0;

const open = (): ReadModelWorld => {
  lists += 1;
  const rankings = env.RANKINGS.getByName(`list-${lists}`);
  const mostViewed = env.VIEW_RANKINGS.getByName(`list-${lists}`);
  const lost = new Set<number>();
  const model = modelOf({
    tallies: without(lost),
    rankings: { live: (limit, category) => rankings.live(limit, category) },
    viewRankings: { views: async (...asked) => mostViewed.views(...asked) },
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
    async rankHour(slots) {
      await mostViewed.publish(slots);
    },
    async rankPeriod(ranking) {
      await mostViewed.setPeriods([ranking]);
    },
  };
};

describe("the read model of the objects", () => {
  readModelContract(open);

  test("the parts are told with their stamps, zeros too; a Tally that does not answer is in the log by its number", async () => {
    const content = spread("parts");
    const [home = Number.NaN, silent = Number.NaN] = homesOf(SCHEDULE, content);
    await tallies.restate(home, content, 4);
    const never = spread("never", [home, silent]);
    const logged: Logged[] = [];
    const model = modelOf({ tallies: without(new Set([silent])) }, logged);
    const parts = await model.countParts([content, never]);
    const { counts } = await tallies.counts(home, [content, never]);
    const asOf = parts[0]?.asOf;
    expect(parts).toEqual(counts.map((count) => ({ ...count, shard: home, asOf })));
    expect(parts.map(({ views }) => views)).toEqual([4, 0]);
    const fields = { shard: silent, cause: "Error: out of reach" };
    expect(logged).toEqual([{ event: "counts.tally-unreachable", fields }]);
  });

  test("each Tally is asked once, however many contents", async () => {
    const asked: number[] = [];
    const model = modelOf({
      tallies: {
        async counts(shard, contents) {
          asked.push(shard);
          return tallies.counts(shard, contents);
        },
      },
    });
    const contents = Array.from({ length: 100 }, (_, index) => id(`asked-${index}`));
    expect((await model.counts(contents)).size).toBe(100);
    expect(asked.toSorted((a, b) => a - b)).toEqual(allShards(SCHEDULE));
  });

  test("a room or a list that does not answer is an error that says which and why, for who asked to log", async () => {
    const refuse = async () => {
      throw new Error("out of reach");
    };
    const logged: Logged[] = [];
    const model = modelOf(
      {
        rooms: { numbers: refuse },
        rankings: { live: refuse },
        viewRankings: { views: refuse },
      },
      logged,
    );
    for (const [asked, text] of [
      [model.stream(stream("gone")), "ReadModelError: the room of gone: Error: out of reach"],
      [model.live(1), "ReadModelError: the list of live streams: Error: out of reach"],
      [model.views("day", 1), "ReadModelError: the rankings of contents: Error: out of reach"],
    ] as const) {
      const thrown = await asked.catch((cause: unknown) => cause);
      expect(thrown).toBeInstanceOf(ReadModelError);
      expect(`${thrown}`).toBe(text);
    }
    expect(logged).toEqual([]);
  });
});

/** One with two homes. @param homes any when absent */
const spread = (name: string, homes?: readonly number[]) => {
  for (let i = 0; ; i += 1) {
    const content = id(`${name}-${i}`);
    const own = homesOf(SCHEDULE, content);
    if (own.length === 2 && (homes === undefined || own.join() === homes.join())) return content;
  }
};
