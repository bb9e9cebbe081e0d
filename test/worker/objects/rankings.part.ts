import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, inject, test } from "vitest";
import { mysqlDatabase } from "../../../src/adapters/mysql/database.ts";
import { mysqlHandle } from "../../../src/adapters/mysql/handle.ts";
import { rankingsStore } from "../../../src/adapters/objects/rankings-store.ts";
import { systemClock } from "../../../src/adapters/runtime/runtime.ts";
import { LiveRankings } from "../../../src/app/live/rankings.ts";
import { LIVE_WINDOW_MS } from "../../../src/core/limits.ts";
import { stamp } from "../../../src/core/stamp.ts";
import type { LiveEntry } from "../../../src/protocol/room-rpc.ts";
import * as d1 from "../../../src/schema/d1/viewers.ts";
import * as mysql from "../../../src/schema/mysql/viewers.ts";
import { Rankings } from "../../../src/worker.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";

const publish = (object: string, name: string, version: number, viewers: number) =>
  env.RANKINGS.getByName(object).publish(
    anEntry(stream(name), { viewers, asOf: Date.now(), stamp: stamp(1, version) }),
  );

const viewersIn = async (object: string) =>
  (await env.RANKINGS.getByName(object).live(10)).streams.map(({ viewers }) => viewers);

test("what is published is told, and after its alarm survives the instance", async () => {
  await publish("woken", "a", 2, 5);
  await publish("woken", "b", 1, 7);
  expect(await viewersIn("woken")).toEqual([7, 5]);
  expect(await runDurableObjectAlarm(env.RANKINGS.getByName("woken"))).toBe(true);
  await evictDurableObject(env.RANKINGS.getByName("woken"));
  await publish("woken", "a", 1, 99);
  expect(await viewersIn("woken")).toEqual([7, 5]);
});

test("publishing writes nothing by itself; a few seconds later one write has them all", async () => {
  const object = env.RANKINGS.getByName("grouped");
  for (let i = 0; i < 50; i += 1) await publish("grouped", `s${i}`, 1, i);
  const look = () =>
    runInDurableObject(object, async (_, { storage }) => ({
      rows: storage.sql.exec("SELECT page FROM pages").toArray().length,
      alarmInMs: ((await storage.getAlarm()) ?? Number.NaN) - Date.now(),
    }));
  const before = await look();
  expect(before.rows).toBe(0);
  expect(before.alarmInMs).toBeGreaterThan(0);
  expect(before.alarmInMs).toBeLessThanOrEqual(10_000);
  await runDurableObjectAlarm(object);
  expect((await look()).rows).toBeGreaterThan(0);
});

test("nothing is listed in a deployment that is not configured: rooms keep what they have", async () => {
  await runInDurableObject(env.RANKINGS.getByName("unconfigured"), (_, state) => {
    const unready = { ...env, ADMIN_KEY: "" };
    expect(() => new Rankings(state, unready)).toThrow("the deployment is not configured");
  });
});

type D1Table = typeof d1.currentViewers | typeof d1.viewerHistory | typeof d1.dailyStatistics;
type MySqlTable =
  | typeof mysql.currentViewers
  | typeof mysql.viewerHistory
  | typeof mysql.dailyStatistics;

/** A little while ago, where a window begins: the list forgets what it has not heard of for a day. */
const BEGIN = Math.floor(Date.now() / LIVE_WINDOW_MS - 3) * LIVE_WINDOW_MS;
const DAY = { day: 20_261_121, peak: 9, uniques: 8, sessions: 12 };

/** Two streams with all that lasts, one of them ended. */
const entries = (name: string): readonly LiveEntry[] =>
  [1, 2].map((version) =>
    anEntry(stream(`${name}-${version}`), {
      broadcaster: name,
      category: "games",
      status: version === 1 ? "live" : "ended",
      viewers: 7,
      peak: 9,
      total: 20,
      uniqueToday: 8,
      startedAt: BEGIN,
      asOf: BEGIN + 600_000,
      stamp: stamp(1, version),
      samples: [1, 2].map((window) => {
        return { recordedAt: BEGIN + window * 300_000, viewers: window, peak: 9 };
      }),
      days: [{ ...DAY, watchedSeconds: 3_600, liveSeconds: 600 }],
    }),
  );

/** The rows they stand for. */
const rowsOf = (listed: readonly LiveEntry[]) => ({
  current: listed.map(({ samples: _, days: __, ...numbers }) => numbers),
  samples: listed.flatMap(({ stream: of, broadcaster, stamp: at, samples }) =>
    samples.map((sample) => ({ ...sample, stream: of, broadcaster, stamp: at })),
  ),
  days: listed.flatMap(({ stream: of, broadcaster, stamp: at, days }) =>
    days.map((day) => ({ ...day, stream: of, broadcaster, stamp: at })),
  ),
});

describe("a flush leaves in the database exactly what rooms have told", () => {
  test("on D1, once, through the life of an instance that had saved its marks", async () => {
    const database = drizzle(env.DB);
    const listed = entries("on-d1");
    const object = () => env.RANKINGS.getByName("flushed");
    for (const entry of listed) await object().publish(entry);
    const runs = await Promise.all([object().flush(), object().flush()]);
    expect(runs.map(({ rows }) => rows)).toEqual([8, 0]);
    const all = (table: D1Table) =>
      database.select().from(table).where(eq(table.broadcaster, "on-d1"));
    const { current, samples, days } = rowsOf(listed);
    expect(new Set(await all(d1.currentViewers))).toEqual(new Set(current));
    expect(new Set(await all(d1.viewerHistory))).toEqual(new Set(samples));
    expect(new Set(await all(d1.dailyStatistics))).toEqual(new Set(days));
    await runDurableObjectAlarm(object());
    await evictDurableObject(object());
    expect(await object().flush()).toEqual({ rows: 0, statements: 0 });
    const [first] = listed;
    if (first === undefined) throw new Error("no entry");
    expect((await object().publish(first)).saved).toEqual({
      asOf: BEGIN + 600_000,
      sampledThrough: BEGIN + 600_000,
    });
  });

  const url = inject("databaseUrl");

  test.skipIf(url === "")("on MySQL", async () => {
    const listed = entries("on-mysql");
    const flushed = await runInDurableObject(
      env.RANKINGS.getByName("on-mysql"),
      (_, { storage }) => {
        const store = rankingsStore(storage, () => undefined);
        const tables = mysqlDatabase(url).streams;
        const rankings = new LiveRankings({ store, tables, clock: systemClock });
        for (const entry of listed) rankings.publish(entry);
        return rankings.flush();
      },
    );
    expect(flushed).toEqual({ rows: 8, statements: 3 });
    const behind = mysqlHandle(url);
    const all = (table: MySqlTable) =>
      behind.select().from(table).where(eq(table.broadcaster, "on-mysql"));
    const { current, samples, days } = rowsOf(listed);
    expect(new Set(await all(mysql.currentViewers))).toEqual(new Set(current));
    expect(new Set(await all(mysql.viewerHistory))).toEqual(new Set(samples));
    expect(new Set(await all(mysql.dailyStatistics))).toEqual(new Set(days));
  });
});
