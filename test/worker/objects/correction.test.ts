import {
  abortAllDurableObjects,
  evictAllDurableObjects,
  runDurableObjectAlarm,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, test, vi } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../src/core/limits.ts";
import { formatHour } from "../../../src/core/views/hour-text.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { CorrectionRun } from "../../../src/ports/correction-tables.ts";
import { viewHourly, viewUniques } from "../../../src/schema/d1/views.ts";
import { adminRequest, flush } from "../support/admin.ts";
import { get, send, viewsOf } from "../support/client.ts";
import { framesOfEvents, id, makeEvent, newVisitor } from "../support/events.ts";
import {
  collectorAt,
  countedIn,
  drain,
  eventually,
  loseStorage,
  runAlarm,
  tallyOf,
} from "../support/objects.ts";

const database = drizzle(env.DB);
/** Long enough ago to be told as final. */
const HOUR = hourOf(Date.now()) - 3 * HOUR_MS;

const correctorOf = (shard: number) => env.CORRECTORS.getByName(`corrector:${shard}`);

/** Views of long ago, confirmed now: the Tally takes them in and counts none. @returns their shard */
const collectLate = async (colo: string, content: string): Promise<number> => {
  const [one, two] = [newVisitor(), newVisitor()];
  const view = (minute: number, visitor = one) =>
    makeEvent({ content, at: HOUR + minute * MINUTE_MS, visitor });
  const again = view(10.5);
  const events = [view(10), again, view(11, two), view(12, two), view(59, two)];
  await collectorAt(colo).append(framesOfEvents([...events, again]));
  await drain(collectorAt(colo));
  const shard = again.shard;
  expect(await countedIn(shard, content)).toBe(0);
  return shard;
};

const order = async (body: object): Promise<void> => {
  const answer = await send(adminRequest("POST", "correct", body));
  expect(answer.status).toBe(202);
};

/** Alarms follow each other until the Corrector rests; one may ring by itself meanwhile. */
const untilAtRest = (shard: number): Promise<void> =>
  eventually("the corrector rests", async () => {
    await runDurableObjectAlarm(correctorOf(shard));
    const { waiting, running } = await correctorOf(shard).status();
    return waiting === 0 && running === undefined;
  });

const runsOf = async (shard: number): Promise<readonly CorrectionRun[]> => {
  const answer = await send(adminRequest("GET", "corrections?limit=500"));
  const { corrections } = await answer.json<{ corrections: readonly CorrectionRun[] }>();
  return corrections.filter((run) => run.shard === shard && run.hour === HOUR);
};

/** Four of the views are a minute apart from those before them. */
const expectSettled = async (content: string): Promise<void> => {
  await flush();
  const where = eq(viewHourly.content, id(content));
  expect(await database.select().from(viewHourly).where(where)).toMatchObject([
    { hour: HOUR, views: 4, final: true },
  ]);
  expect(
    await database
      .select()
      .from(viewUniques)
      .where(eq(viewUniques.content, id(content))),
  ).toMatchObject([{ uniques: 2 }]);
  const range = `from=${formatHour(HOUR)}&to=${formatHour(HOUR + HOUR_MS)}`;
  const answer = await get(`/v1/stats/contents/${content}?granularity=hour&${range}`);
  expect(await answer.json()).toMatchObject({
    total: { views: 4, final: true },
    periods: [{ name: formatHour(HOUR), views: 4, final: true }],
  });
  expect(await viewsOf(content)).toBe(4);
};

test("views that came too late for the Tally are found by a correction, and stand in statistics as final", async () => {
  const shard = await collectLate("WCA", "found-late");
  await order({});
  await untilAtRest(shard);
  const done = { outcome: "done", reason: "hourly", before: 0, after: 4, changed: 1, events: 6 };
  expect(await runsOf(shard)).toMatchObject([{ ...done, detail: { copies: 1 } }]);
  await expectSettled("found-late");
  await order({ from: formatHour(HOUR) });
  await untilAtRest(shard);
  expect((await runsOf(shard))[0]).toMatchObject({ reason: "manual", changed: 0, after: 4 });
  await expectSettled("found-late");
  expect(await tallyOf(shard).status()).toMatchObject({ dirtyHours: 0 });
});

/** All that the database has of a content, without what only says how new it is. */
const rowsOf = async (content: string): Promise<readonly unknown[]> => {
  const rows = await Promise.all(
    KEPT.map((table) =>
      env.DB.prepare(`SELECT * FROM ${table} WHERE content_id = ?`).bind(content).all(),
    ),
  );
  return rows.map(({ results }) => results.map(({ stamp, ...row }) => row));
};

const KEPT = ["view_hourly", "view_daily", "view_uniques", "view_regions", "view_totals"] as const;

test("a database that was wiped is after a rebuild what it was, and so is a Tally that lost its storage", async () => {
  const shard = await collectLate("WCR", "rebuilt");
  await order({ from: formatHour(HOUR) });
  await untilAtRest(shard);
  await expectSettled("rebuilt");
  const before = await rowsOf("rebuilt");
  for (const table of KEPT) await env.DB.exec(`DELETE FROM ${table}`);
  const answer = await send(adminRequest("POST", "rebuild", { from: formatHour(HOUR) }));
  expect(answer.status).toBe(202);
  await untilAtRest(shard);
  await expectSettled("rebuilt");
  expect(await rowsOf("rebuilt")).toEqual(before);

  const warnings = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await loseStorage(tallyOf(shard));
  await eventually("the lost Tally is open again", async () => {
    await runAlarm(tallyOf(shard));
    await runDurableObjectAlarm(correctorOf(shard));
    return !("restoring" in (await tallyOf(shard).status()));
  });
  warnings.mockRestore();
  await untilAtRest(shard);
  await expectSettled("rebuilt");
  expect(await rowsOf("rebuilt")).toEqual(before);
});

describe.each([
  ["eviction", "WCE", evictAllDurableObjects],
  ["abort", "WCB", abortAllDurableObjects],
] as const)("an %s", (_, colo, die) => {
  test("of Corrector and Tally between order, run and failure loses nothing and counts nothing twice", async () => {
    const content = `dies-${colo}`;
    const shard = await collectLate(colo, content);
    await die();
    await order({ from: formatHour(HOUR) });
    await die();
    const warnings = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await env.DB.exec("ALTER TABLE view_uniques RENAME TO hidden_uniques");
    try {
      await eventually("the run fails at the database", async () => {
        await runDurableObjectAlarm(correctorOf(shard));
        return (await correctorOf(shard).status()).failure !== undefined;
      });
      expect(await correctorOf(shard).status()).toMatchObject({
        running: { hour: HOUR, phase: "walk" },
      });
      await die();
    } finally {
      await env.DB.exec("ALTER TABLE hidden_uniques RENAME TO view_uniques");
    }
    await untilAtRest(shard);
    warnings.mockRestore();
    errors.mockRestore();
    const [last] = await runsOf(shard);
    expect(last).toMatchObject({ outcome: "done", before: expect.any(Number) });
    await die();
    await expectSettled(content);
  });
});
