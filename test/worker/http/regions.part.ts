import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { jsonLog } from "../../../src/adapters/runtime/json-log.ts";
import { systemClock, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { type ContentRegions, RegionsReader } from "../../../src/app/views/read-regions.ts";
import { stamp } from "../../../src/core/stamp.ts";
import type { PlaceViews } from "../../../src/core/statistics/places.ts";
import { readersOf } from "../../support/read-tables.ts";
import { flush } from "../support/admin.ts";
import { get, makeGet, problemOf, refusalOf, send } from "../support/client.ts";
import { workerWithServices } from "../support/compose.ts";
import { config, id } from "../support/events.ts";

const DAY = 24 * 3_600_000;
const today = Math.floor(Date.now() / DAY) * DAY;
const database = d1Database(env.DB);

const dateText = (at: number): string => new Date(at).toISOString().slice(0, 10);
const numberOf = (at: number): number => Number(dateText(at).replaceAll("-", ""));

const pathOf = (content: string, query = ""): string =>
  `/v1/stats/contents/${content}/regions${query}`;

const read = async (content: string, query = "", fetch = send): Promise<ContentRegions> => {
  const answer = await fetch(makeGet(pathOf(content, query)));
  expect(answer.status).toBe(200);
  return answer.json<ContentRegions>();
};

const BERLIN = { country: "DE", region: "BE", city: "Berlin" } as const;
const REST = { country: "DE", region: "other", city: "" } as const;
const UNKNOWN = { country: "XX", region: "", city: "" } as const;

/** Outside the schedule: a Tally that is asked would take such rows for those of a storage it lost. */
const SHARDS = [101, 104] as const;

interface CorrectedAs {
  readonly final?: boolean;
  readonly run?: number;
  readonly shard?: number;
}

/** Days as the correction of a shard leaves them, cells and all. */
const correct = async (
  content: string,
  at: number,
  places: readonly PlaceViews[],
  { final = true, run = 1, shard = SHARDS[0] }: CorrectedAs = {},
): Promise<void> => {
  const views = places.reduce((sum, place) => sum + place.views, 0);
  const of = { content: id(content), shard, final, stamp: stamp(run, 0) };
  await database.counts.saveCells([{ ...of, hour: at, views }]);
  await database.statistics.saveUniques([{ ...of, day: numberOf(at), uniques: 1, places }]);
};

test("a range is told by country, region and city, of all days and shards, and of no other day", async () => {
  await flush();
  await correct("placed", today - 4 * DAY, [{ ...BERLIN, views: 1_000 }]);
  await correct("placed", today - 3 * DAY, [
    { ...BERLIN, views: 6 },
    { ...REST, views: 3 },
  ]);
  await correct("placed", today - 2 * DAY, [
    { ...BERLIN, views: 5 },
    { ...UNKNOWN, views: 20 },
  ]);
  await correct("placed", today - 2 * DAY, [{ ...BERLIN, views: 7 }], { shard: SHARDS[1] });
  const query = `?from=${dateText(today - 3 * DAY)}&to=${dateText(today - DAY)}`;
  const { asOf, ...told } = await read("placed", query);
  expect(told).toEqual({
    content: "placed",
    source: "database",
    timeZone: "UTC",
    from: dateText(today - 3 * DAY),
    to: dateText(today - DAY),
    views: 41,
    unplaced: 0,
    final: expect.any(Boolean),
    countries: [
      {
        country: "DE",
        views: 21,
        regions: [
          { region: "BE", views: 18, cities: [{ city: "Berlin", views: 18 }] },
          { region: "other", views: 3, cities: [] },
        ],
      },
      {
        country: "XX",
        views: 20,
        regions: [{ region: null, views: 20, cities: [{ city: null, views: 20 }] }],
      },
    ],
  });
  expect(asOf).toBeGreaterThan(today);
});

test("a range is final when it is over and each of its days is, and is cached for as long", async () => {
  await flush();
  const query = `?from=${dateText(today - 3 * DAY)}&to=${dateText(today - DAY)}`;
  await correct("settled", today - 3 * DAY, [{ ...BERLIN, views: 6 }]);
  const cacheOf = async (asked: string) =>
    (await get(pathOf("settled", asked))).headers.get("Cache-Control");
  expect((await read("settled", query)).final).toBe(true);
  expect(await cacheOf(query)).toContain("max-age=3600");
  await correct("settled", today - 2 * DAY, [{ ...BERLIN, views: 6 }], { final: false });
  expect((await read("settled", query)).final).toBe(false);
  expect(await cacheOf(query)).toContain("max-age=300");
  const present = await read("settled");
  expect([present.final, present.views]).toEqual([false, 12]);
  expect(await cacheOf("")).toContain("max-age=60");
});

test("what is counted and not corrected is told as unplaced, and makes the range provisional", async () => {
  await flush();
  await correct("fresh", today - 2 * DAY, [{ ...BERLIN, views: 6 }]);
  const cell = { content: id("fresh"), hour: today - 2 * DAY + DAY / 2, shard: SHARDS[1] };
  await database.counts.saveCells([{ ...cell, views: 4, final: false, stamp: stamp(1, 1) }]);
  const query = `?from=${dateText(today - 3 * DAY)}&to=${dateText(today - DAY)}`;
  expect(await read("fresh", query)).toMatchObject({ views: 6, unplaced: 4, final: false });
});

test("a later correction takes the place of what an earlier one told", async () => {
  await correct("again", today - 2 * DAY, [
    { ...BERLIN, views: 6 },
    { ...REST, views: 2 },
  ]);
  await correct("again", today - 2 * DAY, [{ ...UNKNOWN, views: 5 }], { run: 2 });
  const { views, countries } = await read("again");
  expect(views).toBe(5);
  expect(countries.map(({ country }) => country)).toEqual(["XX"]);
});

test("an unknown content has no places and leaves no row; strong is kept by nobody", async () => {
  expect(await read("nobody-anywhere")).toMatchObject({ views: 0, unplaced: 0, countries: [] });
  const strong = await get(pathOf("nobody-anywhere", "?consistency=strong"));
  expect(strong.status).toBe(200);
  expect(strong.headers.get("Cache-Control")).toContain("no-store");
  const rows = await env.DB.prepare(
    "SELECT COUNT(*) AS n FROM contents WHERE id = 'nobody-anywhere'",
  ).first("n");
  expect(rows).toBe(0);
});

describe("a request that cannot be answered is refused", () => {
  test.each<[string, number, string]>([
    ["?granularity=day", 400, "invalid-request"],
    ["?limit=5", 400, "invalid-request"],
    ["?from=2026-11-01&from=2026-11-02", 400, "invalid-request"],
    ["?consistency=eventual", 400, "invalid-request"],
    ["?from=2026-11-01T09", 400, "invalid-date"],
    ["?to=tomorrow", 400, "invalid-date"],
    ["?from=2026-02-03&to=2026-02-02", 400, "empty-range"],
    ["?from=2025-01-01&to=2026-01-03", 400, "range-too-long"],
  ])("%s", async (query, status, code) => {
    expect(await refusalOf(await get(pathOf("a", query)))).toEqual([status, code]);
  });

  test("366 days are not too many", async () => {
    expect((await get(pathOf("a", "?from=2025-01-01&to=2026-01-02"))).status).toBe(200);
  });

  test("by another method", async () => {
    const post = new Request(`https://headcount.example${pathOf("a")}`, { method: "POST" });
    expect((await send(post)).status).toBe(405);
  });
});

test("while the database is away, the last answer is told as stale, and who never had one is refused", async () => {
  let up = true;
  const { statistics, counts, jobs } = database;
  const work = <Answer>(answer: () => Promise<Answer>) =>
    up ? answer() : Promise.reject(new Error("away"));
  const fetch = workerWithServices((services) => ({
    ...services,
    regions: new RegionsReader({
      readers: readersOf({
        counts: { hours: (...args) => work(() => counts.hours(...args)) },
        statistics: {
          days: statistics.days,
          uniques: statistics.uniques,
          regions: (...args) => work(() => statistics.regions(...args)),
        },
        jobs: { lastWhole: jobs.lastWhole },
      }),
      calendar: config.calendar,
      ...{ clock: systemClock, timers: systemTimers, log: jsonLog },
    }),
  }));
  await correct("lasting", today - 2 * DAY, [{ ...BERLIN, views: 6 }]);
  const before = await read("lasting", "", fetch);
  up = false;
  expect(await read("lasting", "", fetch)).toEqual({ ...before, stale: true });
  for (const path of [pathOf("lasting", "?consistency=strong"), pathOf("never-told")]) {
    const answer = await fetch(makeGet(path));
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Retry-After")).toBe("5");
    expect(await problemOf(answer)).toMatchObject({ code: "statistics-unavailable" });
  }
});
