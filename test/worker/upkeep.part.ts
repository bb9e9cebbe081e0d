import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, inject, test } from "vitest";
import { d1Database } from "../../src/adapters/d1/database.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { mysqlHandle } from "../../src/adapters/mysql/handle.ts";
import { composeWorker } from "../../src/compose.ts";
import { stamp } from "../../src/core/stamp.ts";
import { runCron } from "../../src/cron.ts";
import type { UncheckedEnv } from "../../src/env.ts";
import type { Database } from "../../src/ports/database.ts";
import { userSessions as d1Sessions } from "../../src/schema/d1/viewers.ts";
import { userSessions as mysqlSessions } from "../../src/schema/mysql/viewers.ts";
import { FakeCorrectors } from "./support/fake-correctors.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of a MySQL database in which years may pass; empty where there is no MariaDB. */
    ageingDatabaseUrl: string;
  }
}

const DAY = 86_400_000;
const mysqlUrl = inject("ageingDatabaseUrl");

const today = new Date();
/** The beginning of a month so many months from now, ms. */
const monthLater = (months: number): number =>
  Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + months);

const dayNumber = (at: number): number =>
  Number(new Date(at).toISOString().slice(0, 10).replaceAll("-", ""));

interface Ageing {
  readonly bindings: Partial<UncheckedEnv>;
  open(): Database;
  /** `startedDay` of all sessions, in their order. */
  sessionDays(): Promise<readonly number[]>;
}

const daysOf = (rows: readonly { readonly startedDay: number }[]): readonly number[] =>
  rows.map(({ startedDay }) => startedDay).sort((a, b) => a - b);

const DATABASES: Readonly<Record<string, Ageing>> = {
  D1: {
    bindings: {},
    open: () => d1Database(env.DB),
    sessionDays: async () => daysOf(await drizzle(env.DB).select().from(d1Sessions)),
  },
  MySQL: {
    bindings: { DATABASE: "mysql", DATABASE_URL: mysqlUrl, DB: undefined },
    open: () => mysqlDatabase(mysqlUrl),
    sessionDays: async () => daysOf(await mysqlHandle(mysqlUrl).select().from(mysqlSessions)),
  },
};

/** The nightly cron as it is, but for what its upkeep takes for the time. */
const night = async ({ bindings }: Ageing, now: number): Promise<void> => {
  const composed = composeWorker({ ...env, ...bindings, CORRECTORS: new FakeCorrectors() });
  if (composed.status === "refused") throw new Error("the tests are not configured");
  const { services } = composed;
  const upkeep = { ...services.upkeep, clock: { now: () => now } };
  await runCron("0 2 * * *", { status: "ready", services: { ...services, upkeep } });
};

const names = mysqlUrl === "" ? ["D1"] : Object.keys(DATABASES);

describe.each(names)("after the night's upkeep, on %s,", (name) => {
  const ageing = DATABASES[name];
  if (ageing === undefined) throw new Error(`${name} is no database`);

  test("sessions are gone of days more than 30 days ago, and no others", async () => {
    const { streams } = ageing.open();
    const later = Date.now() + 35 * DAY;
    const days = [35, 31, 30, 29].map((ago) => dayNumber(later - ago * DAY));
    const row = { stream: "s", visitor: "v", startedAt: later, endedAt: null, stamp: stamp(1, 1) };
    await streams.saveSessions(
      days.map((startedDay) => ({ ...row, startedDay, session: `on-${startedDay}` })),
    );
    await night(ageing, later - 5 * DAY);
    expect(await ageing.sessionDays()).toEqual(days);
    await night(ageing, later);
    expect(await ageing.sessionDays()).toEqual(days.slice(2));
  });

  test("what repeated requests were answered is gone after a day, and no later ones", async () => {
    const { idempotency } = ageing.open();
    const now = Date.now();
    const claim = (key: string, at: number) => {
      const bounds = { deadAt: at - DAY, expiredAt: 0 };
      const [pathHash, requestHash] = ["p", "r"];
      return idempotency.claim({ key, pathHash, requestHash, owner: `${key}-${at}`, at }, bounds);
    };
    for (const ago of [DAY + 1, DAY - 60_000]) await claim(`ago-${ago}`, now - ago);
    await night(ageing, now);
    expect(await claim(`ago-${DAY + 1}`, now - DAY)).toEqual({ status: "claimed" });
    expect(await claim(`ago-${DAY - 60_000}`, now - DAY)).toEqual({ status: "in-progress" });
  });

  test("samples are gone of months more than 12 months ago, and no others; what a stream had of a day stays for ever", async () => {
    const { streams } = ageing.open();
    const kept = monthLater(1);
    const mark = { stream: "aged", broadcaster: "b", stamp: stamp(1, 1) };
    const samples = [kept - DAY, kept - 1, kept, kept + DAY].map((recordedAt) => {
      return { ...mark, recordedAt, viewers: 1, peak: 1 };
    });
    await streams.saveHistory(samples);
    const numbers = { peak: 1, uniques: 1, sessions: 1, watchedSeconds: 1, liveSeconds: 1 };
    const day = { ...mark, day: dayNumber(kept - DAY), ...numbers };
    await streams.saveDays([day]);
    const left = () => streams.history("aged", 0, monthLater(2));
    await night(ageing, monthLater(13) - 1);
    expect(await left()).toEqual(samples);
    await night(ageing, monthLater(13));
    expect(await left()).toEqual(samples.slice(2));
    await night(ageing, monthLater(100));
    expect(await left()).toEqual([]);
    expect(await streams.days("aged", 0, 99_999_999)).toEqual([day]);
  });
});
