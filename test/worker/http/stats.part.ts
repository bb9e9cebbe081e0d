import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { jsonLog } from "../../../src/adapters/runtime/json-log.ts";
import { systemClock, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { type ContentStats, StatsReader } from "../../../src/app/views/read-stats.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { GRANULARITIES } from "../../../src/core/statistics/periods.ts";
import type { CellRecord } from "../../../src/ports/database.ts";
import type { CorrectedDay, ViewDay } from "../../../src/ports/statistics-tables.ts";
import { readersOf } from "../../support/read-tables.ts";
import { flush } from "../support/admin.ts";
import { fail } from "../support/broken.ts";
import { confirmAll, get, makeGet, problemOf, refusalOf, send } from "../support/client.ts";
import { workerWith, workerWithServices } from "../support/compose.ts";
import { testsWhileAway } from "../support/database-away.ts";
import { config, id, makeToken } from "../support/events.ts";
import { collectorAt, drain } from "../support/objects.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const today = Math.floor(Date.now() / DAY) * DAY;
const thisHour = Math.floor(Date.now() / HOUR) * HOUR;

const database = d1Database(env.DB);

const dateText = (at: number): string => new Date(at).toISOString().slice(0, 10);
const numberOf = (at: number): number => Number(dateText(at).replaceAll("-", ""));

const read = async (path: string, fetch = send): Promise<ContentStats> => {
  const answer = await fetch(makeGet(`/v1/stats/contents/${path}`));
  expect(answer.status).toBe(200);
  return answer.json<ContentStats>();
};

/** Outside the schedule: a Tally that is asked would take such rows for those of a storage it lost. */
const [ONE, OTHER] = [101, 104] as const;

/** Numbers that no two rows share a sum of by chance. */
const viewsOf = (at: number, shard: number): number => ((at / HOUR) % 977) * 3 + shard;

/** Hours of 70 days, each in one or two shards; sums of the days that are over, and their visitors. */
const fill = async (content: string): Promise<void> => {
  const cells: CellRecord[] = [];
  const days = new Map<string, ViewDay>();
  for (let hour = today - 70 * DAY; hour <= thisHour; hour += 7 * HOUR) {
    for (const shard of hour % (2 * DAY) === 0 ? [ONE, OTHER] : [ONE]) {
      const views = viewsOf(hour, shard);
      const mark = { content: id(content), shard, final: hour < today - DAY, stamp: stamp(1, 1) };
      cells.push({ ...mark, hour, views });
      const day = numberOf(hour);
      const sum = (days.get(`${day}/${shard}`)?.views ?? 0) + views;
      if (hour < today) days.set(`${day}/${shard}`, { ...mark, day, views: sum });
    }
  }
  const uniques = [...days.values()].map(({ views, ...mark }): CorrectedDay => {
    return { ...mark, uniques: Math.floor(views / 2), places: [] };
  });
  await database.counts.saveCells(cells);
  await database.statistics.saveDays([...days.values()]);
  await database.statistics.saveUniques(uniques);
};

const sql = async (query: string, ...values: unknown[]): Promise<number> => {
  const row = await env.DB.prepare(query)
    .bind(...values)
    .first<{ n: number | null }>();
  return row?.n ?? 0;
};

const hourly = (content: string, from: number, to: number) =>
  sql(
    "SELECT SUM(views) AS n FROM view_hourly WHERE content_id = ? AND hour >= ? AND hour < ?",
    ...[content, from, to],
  );

const daily = (content: string, from: number, to: number) =>
  sql(
    "SELECT SUM(views) AS n FROM view_daily WHERE content_id = ? AND day >= ? AND day < ?",
    ...[content, numberOf(from), numberOf(to)],
  );

/** Views of a range of whole days: the last 35 days by the hour, older ones by the day. */
const viewsBetween = async (content: string, from: number, to: number): Promise<number> => {
  const border = today - 34 * DAY;
  const old = from < border ? await daily(content, from, Math.min(to, border)) : 0;
  return old + (to > border ? await hourly(content, Math.max(from, border), to) : 0);
};

describe("each number equals what SQL finds in the tables", () => {
  test.each(["day", "week", "month"] as const)("by the %s", async (granularity) => {
    const content = `sql-${granularity}`;
    await fill(content);
    const query = `granularity=${granularity}&from=${dateText(today - 68 * DAY)}`;
    const { periods, total, comparison } = await read(`${content}?${query}`);
    for (const { start, end, views, uniques } of periods) {
      expect(views).toBe(await viewsBetween(content, start, end));
      if (granularity !== "day" || start >= today) continue;
      const told = await sql(
        "SELECT SUM(uniques) AS n FROM view_uniques WHERE content_id = ? AND day = ?",
        ...[content, numberOf(start)],
      );
      expect(uniques).toBe(told);
    }
    const [start, end] = [periods.at(0)?.start ?? 0, periods.at(-1)?.end ?? 0];
    expect(total.views).toBe(await viewsBetween(content, start, end));
    expect(total.views).toBeGreaterThan(0);
    const from = Date.parse(comparison?.before.from ?? "");
    expect(comparison?.before.views).toBe(await viewsBetween(content, from, start));
  });

  test("by the hour, and the hours of the day", async () => {
    await fill("sql-hour");
    const { periods, comparison } = await read(
      `sql-hour?granularity=hour&from=${dateText(today - 20 * DAY)}&limit=1000`,
    );
    const grouped =
      "SELECT hour, SUM(views) AS n FROM view_hourly WHERE content_id = ? GROUP BY hour";
    const { results } = await env.DB.prepare(grouped)
      .bind("sql-hour")
      .all<{ hour: number; n: number }>();
    const found = new Map(results.map(({ hour, n }) => [hour, n]));
    expect(periods.map(({ views }) => views)).toEqual(
      periods.map(({ start: hour }) => found.get(hour) ?? 0),
    );
    const [start, end] = [periods.at(0)?.start ?? 0, periods.at(-1)?.end ?? 0];
    expect(comparison?.hourOfDay).toHaveLength(24);
    for (const { hour, views } of comparison?.hourOfDay ?? []) {
      const there = await sql(
        "SELECT SUM(views) AS n FROM view_hourly WHERE content_id = ? AND hour >= ? AND hour < ? AND hour / 3600000 % 24 = ?",
        ...["sql-hour", start, end, hour],
      );
      expect(views).toBe(there);
    }
  });
});

test("what visitors did is there after the next flush, provisional, true as of it", async () => {
  const tokens = await Promise.all([1, 2, 3].map(() => makeToken({ content: "visited" })));
  await confirmAll(tokens, { cf: { colo: "STA" } });
  await drain(collectorAt("STA"));
  const { startedAt } = await flush();
  for (const granularity of GRANULARITIES) {
    const { total, asOf, source, content } = await read(`visited?granularity=${granularity}`);
    expect({ total, asOf, source, content }).toEqual({
      total: { views: 3, final: false },
      asOf: startedAt,
      source: "database",
      content: "visited",
    });
  }
});

test("an unknown content has zeros and leaves no row", async () => {
  const { total, periods } = await read("nobody-saw-it");
  expect(total.views).toBe(0);
  expect(periods).toHaveLength(30);
  for (const table of ["contents", "view_hourly", "view_daily"]) {
    const column = table === "contents" ? "id" : "content_id";
    const rows = `SELECT COUNT(*) AS n FROM ${table} WHERE ${column} = 'nobody-saw-it'`;
    expect(await sql(rows)).toBe(0);
  }
});

test("days are those of the reporting time zone", async () => {
  const berlin = workerWith({ REPORT_TIMEZONE: "Europe/Berlin" });
  const { timeZone, periods } = await read("zoned?from=2026-03-29&to=2026-03-30", berlin);
  expect(timeZone).toBe("Europe/Berlin");
  expect(periods).toMatchObject([
    { start: Date.UTC(2026, 2, 28, 23), end: Date.UTC(2026, 2, 29, 22) },
  ]);
});

test("a page says where the next one begins, the last one does not", async () => {
  const range = `from=${dateText(today - 10 * DAY)}&to=${dateText(today)}`;
  const first = await read(`paged?${range}&limit=6`);
  expect([first.periods.length, first.next]).toEqual([6, dateText(today - 4 * DAY)]);
  const last = await read(`paged?from=${first.next}&to=${first.to}&limit=6`);
  expect(last.periods).toHaveLength(4);
  expect(last).not.toHaveProperty("next");
});

test("a range with the present is cached for a minute, one that may still change for five", async () => {
  const cacheOf = async (query: string) =>
    (await get(`/v1/stats/contents/cached${query}`)).headers.get("Cache-Control");
  expect(await cacheOf("")).toBe("public, max-age=60, stale-while-revalidate=60");
  const past = `?from=${dateText(today - 2 * DAY)}&to=${dateText(today)}`;
  await database.counts.saveCells([
    {
      content: id("cached"),
      hour: today - DAY,
      shard: ONE,
      views: 1,
      final: false,
      stamp: stamp(1, 1),
    },
  ]);
  expect(await cacheOf(past)).toBe("public, max-age=300, stale-while-revalidate=300");
});

describe("a request that cannot be answered is refused", () => {
  const kept = new Date(Date.UTC(new Date().getUTCFullYear() - 2, 0)).toISOString().slice(0, 10);
  test.each<[string, number, string]>([
    ["a%20b", 400, "invalid-request"],
    ["x".repeat(65), 400, "invalid-request"],
    ["a?granularity=year", 400, "invalid-request"],
    ["a?granularity=", 400, "invalid-request"],
    ["a?granularity=5min", 400, "invalid-request"],
    ["a?granularity=day&granularity=day", 400, "invalid-request"],
    ["a?limit=0", 400, "invalid-request"],
    ["a?limit=007", 400, "invalid-request"],
    ["a?limit=1001", 400, "invalid-request"],
    ["a?limit=1e3", 400, "invalid-request"],
    ["a?limit=5&limit=6", 400, "invalid-request"],
    ["a?_=1", 400, "invalid-request"],
    ["a?consistency=", 400, "invalid-request"],
    ["a?consistency=eventual", 400, "invalid-request"],
    ["a?consistency=strong&consistency=strong", 400, "invalid-request"],
    ["a?from=2026-11-01&from=2026-11-02", 400, "invalid-request"],
    ["a?from=", 400, "invalid-date"],
    ["a?from=yesterday", 400, "invalid-date"],
    ["a?to=2026-02-30", 400, "invalid-date"],
    ["a?from=2026-11-01T09", 400, "invalid-date"],
    ["a?granularity=hour&from=2026-11-01T24", 400, "invalid-date"],
    ["a?from=2026-02-02&to=2026-02-02", 400, "empty-range"],
    ["a?from=2026-02-03&to=2026-02-02", 400, "empty-range"],
    ["a?from=2024-01-01&to=2026-01-01", 400, "range-too-long"],
    ["a?granularity=hour&from=2026-01-01&to=2026-03-01", 400, "range-too-long"],
    ["a?granularity=week&from=2015-01-01&to=2026-01-01", 400, "range-too-long"],
    ["a?granularity=month&from=2010-01-01&to=2026-01-01", 400, "range-too-long"],
    [`a?granularity=hour&from=${kept}&to=${kept}T09`, 410, "hours-not-kept"],
  ])("%s", async (path, status, code) => {
    expect(await refusalOf(await get(`/v1/stats/contents/${path}`))).toEqual([status, code]);
  });

  test("and told what would do", async () => {
    const long = await problemOf(await get("/v1/stats/contents/a?from=2024-01-01&to=2026-01-01"));
    expect(long).toMatchObject({ maxPeriods: 400 });
    const date = await problemOf(await get("/v1/stats/contents/a?to=2026-02-30"));
    expect(date).toMatchObject({ parameter: "to" });
    expect(JSON.stringify(date)).not.toContain("2026-02-30");
    const old = `/v1/stats/contents/a?granularity=hour&from=${kept}&to=${kept}T09`;
    expect(await problemOf(await get(old))).toMatchObject({
      keptSince: expect.stringMatching(/^\d{4}-\d\d-01T00$/),
    });
  });

  test.each(["/v1/stats", "/v1/stats/contents", "/v1/stats/contents/a/b"])(
    "there is nothing at %s",
    async (path) => {
      expect(await refusalOf(await get(path))).toEqual([404, "not-found"]);
    },
  );
});

test("it is read with GET and HEAD, by any page, and with nothing else", async () => {
  const url = "https://headcount.test/v1/stats/contents/read";
  const head = await send(new Request(url, { method: "HEAD" }));
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const page = await get("/v1/stats/contents/read", { Origin: "https://b.example" });
  expect(page.headers.get("Access-Control-Allow-Origin")).toBe("*");
  for (const method of ["POST", "PUT", "DELETE"]) {
    const answer = await send(new Request(url, { method }));
    expect(answer.headers.get("Allow")).toBe("GET, HEAD");
    expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
  }
});

describe("while the database is away", () => {
  let up = true;
  const worker = workerWithServices((services) => ({
    ...services,
    stats: new StatsReader({
      readers: readersOf({
        ...database,
        counts: { hours: (...args) => (up ? database.counts.hours(...args) : fail()) },
      }),
      calendar: config.calendar,
      clock: systemClock,
      timers: systemTimers,
      log: jsonLog,
    }),
  }));

  testsWhileAway({
    worker,
    setUp: (isUp) => {
      up = isUp;
    },
    pathOf: async (name) => `/v1/stats/contents/${name}`,
  });
});

test("with consistency=strong the same is told, and cached by nobody", async () => {
  const plain = await read("strongly-read");
  const answer = await get("/v1/stats/contents/strongly-read?consistency=strong");
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  expect(await answer.json()).toEqual(plain);
});
