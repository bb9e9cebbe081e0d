import { env } from "cloudflare:workers";
import { describe, expect, inject, test } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { mysqlDatabase } from "../../../src/adapters/mysql/database.ts";
import { jsonLog } from "../../../src/adapters/runtime/json-log.ts";
import { systemClock, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { type History, HistoryReader } from "../../../src/app/live/read-history.ts";
import { StreamRegistry } from "../../../src/app/live/stream-registry.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { LIVE_GRANULARITIES } from "../../../src/core/statistics/periods.ts";
import type { Database } from "../../../src/ports/database.ts";
import { stream } from "../../support/live-fakes.ts";
import { readersOf } from "../../support/read-tables.ts";
import { adminRequest } from "../support/admin.ts";
import { fail } from "../support/broken.ts";
import { get, makeGet, problemOf, refusalOf, send } from "../support/client.ts";
import { type Fetch, workerWith, workerWithServices } from "../support/compose.ts";
import { testsWhileAway } from "../support/database-away.ts";
import { putStream } from "../support/live.ts";

const MINUTE = 60_000;
const WINDOW = 5 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const today = Math.floor(Date.now() / DAY) * DAY;

const dateText = (at: number): string => new Date(at).toISOString().slice(0, 10);
const dayNumber = (at: number): number => Number(dateText(at).replaceAll("-", ""));

const read = async (path: string, fetch: Fetch = send): Promise<History> => {
  const answer = await fetch(makeGet(`/v1/stats/${path}`));
  expect(answer.status).toBe(200);
  return answer.json<History>();
};

/** Registers a broadcaster with two streams and saves what they had in the last ten days, and how it ended. */
const fill = async (database: Database, name: string, fetch: Fetch): Promise<void> => {
  const broadcaster = `by-${name}`;
  const put = async (path: string, body: unknown): Promise<void> => {
    expect((await fetch(adminRequest("PUT", path, body))).status).toBe(200);
  };
  await put(`broadcasters/${broadcaster}`, { name: "B" });
  for (const [index, id] of [name, `${name}-2`].entries()) {
    await put(`streams/${id}`, { broadcaster, title: "T" });
    const mark = { stream: id, broadcaster, stamp: stamp(1, 1) };
    const days = Array.from({ length: 10 }, (_, ago) => today - ago * DAY);
    await database.streams.saveDays(
      days.map((at) => ({
        ...{ ...mark, day: dayNumber(at), peak: 10 * (index + 1), uniques: 7, sessions: 9 },
        ...{ watchedSeconds: 7_200, liveSeconds: 3_600 },
      })),
    );
    await database.streams.saveHistory(
      days.flatMap((at) =>
        Array.from({ length: 12 }, (_, i) => {
          return { ...mark, recordedAt: at - DAY + (i + 1) * WINDOW, viewers: i, peak: 10 + i };
        }),
      ),
    );
  }
  const numbers = { viewers: 0, peak: 21, total: 70, uniqueToday: 7, startedAt: today - DAY };
  await database.streams.saveCurrent([
    {
      ...{ stream: stream(name), broadcaster, category: null, status: "ended", ...numbers },
      ...{ asOf: today - HOUR, stamp: stamp(1, 1) },
    },
  ]);
};

const range = `from=${dateText(today - 4 * DAY)}&to=${dateText(today)}`;

/** The same of either database. */
const tellsWhatWasSaved = async (name: string, fetch: Fetch): Promise<void> => {
  const days = await read(`streams/${name}/history?${range}`, fetch);
  const one = { average: 2, peak: 10, dailyUniques: 28, sessions: 36 };
  expect(days).toMatchObject({
    ...{ stream: name, source: "database", granularity: "day", timeZone: "UTC" },
    total: { ...one, watchedSeconds: 28_800, liveSeconds: 14_400 },
    current: { status: "ended", viewers: 0, peak: 21, total: 70, startedAt: today - DAY },
    comparison: { before: one, change: { average: 0, peak: 0, sessions: 0 } },
  });
  expect(days.periods).toHaveLength(4);
  expect(days.comparison?.hourOfDay?.[0]).toEqual({ hour: 0, viewers: 5.5, before: 5.5 });
  const all = await read(`broadcasters/by-${name}/history?${range}`, fetch);
  expect(all).toMatchObject({
    broadcaster: `by-${name}`,
    total: { average: 2, peak: 20, dailyUniques: 56, sessions: 72, watchedSeconds: 57_600 },
  });
  expect(all.comparison?.hourOfDay?.[0]).toEqual({ hour: 0, viewers: 11, before: 11 });
  const hours = await read(
    `broadcasters/by-${name}/history?granularity=hour&from=${dateText(today - DAY)}T00&to=${dateText(today - DAY)}T02`,
    fetch,
  );
  expect(hours.periods).toMatchObject([
    { average: 11, peak: 21 },
    { average: 0, peak: 0 },
  ]);
  const five = await read(
    `streams/${name}/history?granularity=5min&from=${dateText(today - DAY)}T00:30&to=${dateText(today - DAY)}T00:40`,
    fetch,
  );
  expect(five.periods).toMatchObject([
    { viewers: 6, peak: 16 },
    { viewers: 7, peak: 17 },
  ]);
};

test("what was saved is told of a stream and of its broadcaster", async () => {
  await fill(d1Database(env.DB), "told", send);
  await tellsWhatWasSaved("told", send);
});

const mysqlUrl = inject("databaseUrl");

test.skipIf(mysqlUrl === "")("it is told the same from MySQL", async () => {
  const worker = workerWith({ DATABASE: "mysql", DATABASE_URL: mysqlUrl, DB: undefined });
  await fill(mysqlDatabase(mysqlUrl), "told-mysql", worker);
  await tellsWhatWasSaved("told-mysql", worker);
});

test("it is true as of the last flush of live numbers in which nothing failed", async () => {
  await putStream("flushed");
  const run = { job: "flush-streams", durationMs: 1, rows: 1, statements: 1, detail: "" };
  const { jobs } = d1Database(env.DB);
  await jobs.record({ id: crypto.randomUUID(), startedAt: today - HOUR, failures: 0, ...run });
  await jobs.record({ id: crypto.randomUUID(), startedAt: today - MINUTE, failures: 1, ...run });
  for (const granularity of LIVE_GRANULARITIES) {
    const history = await read(`streams/flushed/history?granularity=${granularity}`);
    expect(history).toMatchObject({ granularity, asOf: today - HOUR });
    expect(history).not.toHaveProperty("current");
  }
});

test("days are those of the reporting time zone", async () => {
  await putStream("zoned");
  const berlin = workerWith({ REPORT_TIMEZONE: "Europe/Berlin" });
  const { timeZone, periods } = await read(
    "streams/zoned/history?from=2026-03-29&to=2026-03-30",
    berlin,
  );
  expect(timeZone).toBe("Europe/Berlin");
  expect(periods).toMatchObject([
    { start: Date.UTC(2026, 2, 28, 23), end: Date.UTC(2026, 2, 29, 22) },
  ]);
});

test("a page of five minutes says where the next one begins, the last one does not", async () => {
  await putStream("paged");
  const asked = "streams/paged/history?granularity=5min&limit=7";
  const day = dateText(today - DAY);
  const first = await read(`${asked}&from=${day}T08:10&to=${day}T09`);
  expect([first.periods.length, first.next]).toEqual([7, `${day}T08:45`]);
  const last = await read(`${asked}&from=${first.next}&to=${first.to}`);
  expect(last.periods).toHaveLength(3);
  expect(last).not.toHaveProperty("next");
});

test("a range with the present is cached for a minute, a past one of a broadcaster for an hour once it is settled", async () => {
  const { jobs } = d1Database(env.DB);
  const run = { job: "flush-streams", durationMs: 1, rows: 1, statements: 1, detail: "" };
  await putStream("cached");
  await jobs.record({ id: crypto.randomUUID(), startedAt: today, failures: 0, ...run });
  const cacheOf = async (path: string) =>
    (await get(`/v1/stats/${path}`)).headers.get("Cache-Control");
  const caching = (seconds: number) =>
    `public, max-age=${seconds}, stale-while-revalidate=${seconds}`;
  expect(await cacheOf("streams/cached/history")).toBe(caching(60));
  expect(await cacheOf("broadcasters/by-cached/history")).toBe(caching(60));
  const past = `from=${dateText(today - 3 * DAY)}&to=${dateText(today - DAY)}`;
  expect(await cacheOf(`broadcasters/by-cached/history?${past}`)).toBe(caching(3_600));
});

describe("a request that cannot be answered is refused", () => {
  const kept = new Date(Date.UTC(new Date().getUTCFullYear() - 2, 0)).toISOString().slice(0, 10);
  const cases: readonly (readonly [string, number, string])[] = [
    ["a%20b/history", 400, "invalid-request"],
    [`${"x".repeat(65)}/history`, 400, "invalid-request"],
    ["a/history?granularity=minute", 400, "invalid-request"],
    ["a/history?granularity=5min&granularity=day", 400, "invalid-request"],
    ["a/history?limit=0", 400, "invalid-request"],
    ["a/history?limit=1001", 400, "invalid-request"],
    ["a/history?_=1", 400, "invalid-request"],
    ["a/history?consistency=", 400, "invalid-request"],
    ["a/history?consistency=eventual", 400, "invalid-request"],
    ["a/history?consistency=strong&consistency=strong", 400, "invalid-request"],
    ["a/history?from=yesterday", 400, "invalid-date"],
    ["a/history?from=2026-11-01T09:05", 400, "invalid-date"],
    ["a/history?granularity=5min&from=2026-11-01T09:07", 400, "invalid-date"],
    ["a/history?from=2026-02-03&to=2026-02-02", 400, "empty-range"],
    ["a/history?granularity=5min&from=2026-02-03T09:05&to=2026-02-03T09:05", 400, "empty-range"],
    ["a/history?from=2024-01-01&to=2026-01-01", 400, "range-too-long"],
    ["a/history?granularity=5min&from=2026-01-01&to=2026-01-10", 400, "range-too-long"],
    ["a/history?granularity=hour&from=2026-01-01&to=2026-03-01", 400, "range-too-long"],
    [`a/history?granularity=5min&from=${kept}&to=${kept}T09`, 410, "hours-not-kept"],
    [`a/history?granularity=hour&from=${kept}&to=${kept}T09`, 410, "hours-not-kept"],
  ];
  test.each(
    cases.flatMap((of) => ["streams", "broadcasters"].map((kind) => [kind, ...of] as const)),
  )("%s/%s", async (kind, path, status, code) => {
    expect(await refusalOf(await get(`/v1/stats/${kind}/${path}`))).toEqual([status, code]);
  });

  test("and told what would do", async () => {
    const path = `/v1/stats/streams/a/history?granularity=5min&from=${kept}&to=${kept}T09`;
    expect(await problemOf(await get(path))).toMatchObject({
      keptSince: expect.stringMatching(/^\d{4}-\d\d-01T00:00$/),
    });
  });

  test.each([
    ["streams", "unknown-stream"],
    ["broadcasters", "broadcaster-not-found"],
  ])("of %s nobody registered", async (kind, code) => {
    const answer = await get(`/v1/stats/${kind}/nobody/history`);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await refusalOf(answer)).toEqual([404, code]);
  });

  test.each(["streams", "streams/a", "broadcasters/a", "streams/a/history/b", "users/a/history"])(
    "there is nothing at /v1/stats/%s",
    async (path) => {
      expect(await refusalOf(await get(`/v1/stats/${path}`))).toEqual([404, "not-found"]);
    },
  );
});

test("it is read with GET and HEAD, by any page, and with nothing else", async () => {
  await putStream("read");
  for (const path of ["streams/read", "broadcasters/by-read"]) {
    const url = `https://headcount.test/v1/stats/${path}/history`;
    const head = await send(new Request(url, { method: "HEAD" }));
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const page = await send(new Request(url, { headers: { Origin: "https://b.example" } }));
    expect(page.headers.get("Access-Control-Allow-Origin")).toBe("*");
    for (const method of ["POST", "PUT", "DELETE"]) {
      const answer = await send(new Request(url, { method }));
      expect(answer.headers.get("Allow")).toBe("GET, HEAD");
      expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
    }
  }
});

describe("while the database is away", () => {
  let up = true;
  const database = d1Database(env.DB);
  const time = { clock: systemClock, timers: systemTimers };
  const worker = workerWithServices((services) => ({
    ...services,
    histories: new HistoryReader({
      readers: readersOf({
        ...database,
        streams: {
          ...database.streams,
          days: (...args) => (up ? database.streams.days(...args) : fail()),
        },
      }),
      known: new StreamRegistry({ streams: database.registry, log: jsonLog, ...time }),
      calendar: services.calendar,
      log: jsonLog,
      ...time,
    }),
  }));

  testsWhileAway({
    worker,
    setUp: (isUp) => {
      up = isUp;
    },
    pathOf: async (name) => {
      await putStream(name);
      return `/v1/stats/streams/${name}/history`;
    },
  });
});

test("with consistency=strong the same is told, and cached by nobody", async () => {
  await putStream("strong");
  for (const path of ["streams/strong", "broadcasters/by-strong"]) {
    const plain = await read(`${path}/history`);
    const answer = await get(`/v1/stats/${path}/history?consistency=strong`);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await answer.json()).toEqual(plain);
  }
  for (const [kind, code] of [
    ["streams", "unknown-stream"],
    ["broadcasters", "broadcaster-not-found"],
  ]) {
    const answer = await get(`/v1/stats/${kind}/nobody/history?consistency=strong`);
    expect(await refusalOf(answer)).toEqual([404, code]);
  }
});
