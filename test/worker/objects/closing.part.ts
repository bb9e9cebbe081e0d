import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS, RAW_RETENTION_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import { viewHourly } from "../../../src/schema/d1/views.ts";
import { id, makeEvent } from "../support/events.ts";
import { chunkOf, countedIn, rowsOf, tallyOf } from "../support/objects.ts";

const OLD = hourOf(Date.now() - 2 * RAW_RETENTION_MS);
/** Whole reporting days are closed. */
const BEFORE = Math.floor((Date.now() - RAW_RETENTION_MS) / DAY_MS) * DAY_MS;

const viewsOf = (shard: number, content: string, count: number) =>
  Array.from({ length: count }, () => makeEvent({ content, shard }));

/** A Tally whose views are half a year old. */
const agedTally = async (shard: number, content: string, views: number): Promise<void> => {
  const source = `aged-${shard}`;
  await tallyOf(shard).append(chunkOf({ source, events: viewsOf(shard, content, views) }));
  await tallyOf(shard).flush();
  await runInDurableObject(tallyOf(shard), (_, { storage }) => {
    storage.sql.exec("UPDATE cells SET hour = ?", OLD);
    storage.sql.exec("UPDATE meta SET value = 0 WHERE name = 'flushed'");
  });
  await evictDurableObject(tallyOf(shard));
};

test("a closing moves old cells into closed values, and no number moves with them", async () => {
  await agedTally(260, "aged", 3);
  const answer = await tallyOf(260).close(BEFORE);
  expect(answer).toMatchObject({ closedThrough: BEFORE, cells: 1 });
  expect(await rowsOf(tallyOf(260), "SELECT * FROM cells")).toEqual([]);
  const totals = "SELECT views, published, closed, closed_through FROM totals";
  expect(await rowsOf(tallyOf(260), totals)).toEqual([
    { views: 3, published: 3, closed: 3, closed_through: OLD + HOUR_MS },
  ]);
  await evictDurableObject(tallyOf(260));
  const source = "aged-260";
  await tallyOf(260).append(chunkOf({ source, events: viewsOf(260, "aged", 2), row: 2 }));
  expect(await countedIn(260, "aged")).toBe(5);
  expect(await tallyOf(260).status()).toMatchObject({ closedThrough: BEFORE });
});

test("the database has a cell as it was when it is closed", async () => {
  await agedTally(261, "kept", 4);
  await tallyOf(261).close(BEFORE);
  const rows = await drizzle(env.DB)
    .select()
    .from(viewHourly)
    .where(eq(viewHourly.content, id("kept")));
  expect(rows).toContainEqual(expect.objectContaining({ hour: OLD, views: 4 }));
});

test("a storage from before there were closings is opened and goes on", async () => {
  await agedTally(262, "older", 2);
  await runInDurableObject(tallyOf(262), (_, { storage }) => {
    storage.sql.exec("ALTER TABLE totals DROP COLUMN closed");
    storage.sql.exec("ALTER TABLE totals DROP COLUMN closed_through");
  });
  await evictDurableObject(tallyOf(262));
  expect(await countedIn(262, "older")).toBe(2);
  expect(await tallyOf(262).close(BEFORE)).toMatchObject({ cells: 1 });
  expect(await countedIn(262, "older")).toBe(2);
});
