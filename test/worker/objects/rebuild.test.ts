import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { objectTallies } from "../../../src/adapters/objects/tallies.ts";
import { systemClock, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { rebuild } from "../../../src/app/views/rebuild.ts";
import { DAY_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import { viewDaily, viewHourly, viewTotals } from "../../../src/schema/d1/views.ts";
import { id, makeEvent } from "../support/events.ts";
import { chunkOf, tallyOf } from "../support/objects.ts";

const database = drizzle(env.DB);
const YESTERDAY = hourOf(Date.now()) - DAY_MS;

/** A Tally with views of an hour of yesterday. */
const grown = async (shard: number, views: Readonly<Record<string, number>>): Promise<void> => {
  const events = Object.entries(views).flatMap(([content, count]) =>
    Array.from({ length: count }, () => makeEvent({ content, shard })),
  );
  await tallyOf(shard).append(chunkOf({ source: `grown-${shard}`, events }));
  await tallyOf(shard).flush();
  await runInDurableObject(tallyOf(shard), (_, { storage }) => {
    storage.sql.exec("UPDATE cells SET hour = ?", YESTERDAY);
  });
  await evictDurableObject(tallyOf(shard));
};

const rowsOfContent = async (content: string) => {
  const rows = await Promise.all(
    [viewHourly, viewDaily, viewTotals].map((table) =>
      database
        .select()
        .from(table)
        .where(eq(table.content, id(content))),
    ),
  );
  return rows.flat();
};

test("a database that was wiped has after a rebuild what it had before: hours, days and totals", async () => {
  await grown(0, { "wiped-a": 3, "wiped-b": 1 });
  await tallyOf(0).restate(id("wiped-b"), 7);
  await tallyOf(0).reflush();
  await tallyOf(0).flush();
  await tallyOf(0).rollUp();
  await database.delete(viewHourly).where(eq(viewHourly.hour, hourOf(Date.now())));
  const [a, b] = [await rowsOfContent("wiped-a"), await rowsOfContent("wiped-b")];
  expect(a).toMatchObject([{ hour: YESTERDAY, views: 3 }, { views: 3 }, { published: 3 }]);
  expect(b).toMatchObject([{ views: 1 }, { views: 1 }, { published: 7, restated: 6 }]);

  for (const table of [viewHourly, viewDaily, viewTotals]) await database.delete(table);
  const answer = await rebuild(
    {
      tallies: objectTallies(env.TALLIES, systemTimers),
      correctors: { correct: async () => ({ waiting: 1 }) },
      schedule: [{ count: 1, fromHourMs: 0 }],
      clock: systemClock,
    },
    YESTERDAY,
  );
  expect(answer).toEqual({ answers: [{ shard: 0, answer: { rows: 6, waiting: 1 } }], failed: [] });
  expect(await rowsOfContent("wiped-a")).toEqual(a);
  expect(await rowsOfContent("wiped-b")).toEqual(b);
});
