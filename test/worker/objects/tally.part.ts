import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { HORIZON_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { encodeRows } from "../../../src/protocol/chunk.ts";
import { framesOfEvents, id, makeEvent, newVisitor, SECONDS_AGO_MS } from "../support/events.ts";
import {
  alarmOf,
  chunkOf,
  countedIn,
  rowsOf,
  saveTally,
  tallyOf,
  untilSlotEnds,
} from "../support/objects.ts";

const AT = Date.now() - SECONDS_AGO_MS;
const HOUR = hourOf(AT);
const EVERYTHING = { from: "" };

const viewsOf = (shard: number, content: string, count: number): readonly ViewEvent[] =>
  Array.from({ length: count }, () => makeEvent({ content, shard, at: AT }));

describe("a chunk", () => {
  test("whose answer was lost and that came again grown is taken from where it grew", async () => {
    const source = "grown";
    const rows = [1, 2, 3].map((row) => ({
      id: row,
      frames: framesOfEvents(viewsOf(200, "grown", 2)),
    }));
    const send = (through: number) => {
      const sent = encodeRows(rows.slice(0, through));
      return tallyOf(200).append({ source, follows: 0, floor: 1, through, rows: sent });
    };
    expect((await send(1)).mark).toBe(1);
    expect((await send(3)).mark).toBe(3);
    expect((await send(2)).mark).toBe(3);
    expect(await countedIn(200, "grown")).toBe(6);
  });

  test("that leaves a row out is not taken, and the answer says where to go on", async () => {
    const chunk = chunkOf({ source: "hole", events: viewsOf(201, "hole", 1), row: 3 });
    expect((await tallyOf(201).append(chunk)).mark).toBe(0);
    expect(await countedIn(201, "hole")).toBe(0);
    await tallyOf(201).append(chunkOf({ source: "hole", events: viewsOf(201, "hole", 1) }));
    expect((await tallyOf(201).append(chunk)).mark).toBe(1);
    expect(await countedIn(201, "hole")).toBe(1);
  });

  test("without a row for the shard moves the mark and nothing else", async () => {
    const rows = new Uint8Array(0);
    const chunk = { source: "empty", follows: 0, floor: 1, through: 9, rows };
    expect((await tallyOf(202).append(chunk)).mark).toBe(9);
    expect(await alarmOf(tallyOf(202))).toBe(null);
    expect(await rowsOf(tallyOf(202), "SELECT * FROM log")).toEqual([]);
  });

  test("that comes far too late is logged, not counted, and makes its hour dirty", async () => {
    const at = Date.now() - HORIZON_MS;
    const events = [makeEvent({ content: "late", shard: 203, at })];
    await tallyOf(203).append(chunkOf({ source: "late", events }));
    expect(await countedIn(203, "late")).toBe(0);
    const hours = await rowsOf(tallyOf(203), "SELECT hour, dirtied_at FROM hours");
    expect(hours).toEqual([{ hour: hourOf(at), dirtied_at: 1 }]);
    expect(await tallyOf(203).hours()).toEqual([{ hour: hourOf(at), dirty: true }]);
  });
});

describe("the rule of 60 seconds survives the instance", () => {
  test.each([
    ["59.999 s apart count once", 59_999, 1],
    ["exactly 60.000 s apart count twice", 60_000, 2],
  ])("two views %s", async (_, apart, views) => {
    const shard = 210 + views;
    const visitor = newVisitor();
    const first = makeEvent({ content: "minute", shard, visitor, at: AT - apart });
    const second = makeEvent({ content: "minute", shard, visitor, at: AT });
    await tallyOf(shard).append(chunkOf({ source: "minute", events: [first] }));
    await evictDurableObject(tallyOf(shard));
    await tallyOf(shard).append(chunkOf({ source: "minute", events: [second], row: 2 }));
    expect(await countedIn(shard, "minute")).toBe(views);
  });
});

test("a commit that fails ends the instance with nothing half done, and the same chunk then counts", async () => {
  const source = "broken";
  const first = chunkOf({ source, events: viewsOf(220, "broken", 2) });
  const second = chunkOf({ source, events: viewsOf(220, "broken", 3), row: 2 });
  await tallyOf(220).append(first);
  await saveTally(tallyOf(220));
  await runInDurableObject(tallyOf(220), (_, { storage }) => {
    storage.sql.exec("ALTER TABLE log RENAME TO hidden");
  });
  const failure = await tallyOf(220).append(second).catch(String);
  expect(failure).toContain("could not commit");
  await runInDurableObject(tallyOf(220), (_, { storage }) => {
    expect(storage.sql.exec("SELECT mark FROM marks").toArray()).toEqual([{ mark: 1 }]);
    storage.sql.exec("DROP TABLE log");
    storage.sql.exec("ALTER TABLE hidden RENAME TO log");
  });
  await evictDurableObject(tallyOf(220));
  expect(await countedIn(220, "broken")).toBe(2);
  expect((await tallyOf(220).append(second)).mark).toBe(2);
  expect((await tallyOf(220).append(second)).mark).toBe(2);
  expect(await countedIn(220, "broken")).toBe(5);
});

describe("correction", () => {
  const seal = (shard: number, run: number) => tallyOf(shard).seal(HOUR, run);

  const settle = (shard: number, run: number, through: number, views: number) =>
    tallyOf(shard).finalise({
      hour: HOUR,
      run,
      through,
      range: EVERYTHING,
      cells: [[id("c"), views]],
    });

  const finalise = async (shard: number, run: number, through: number, views: number) => {
    await seal(shard, run);
    return settle(shard, run, through, views);
  };

  test("seals the log up to a position, and finds the hour's events in the objects it is told of", async () => {
    await tallyOf(230).append(
      chunkOf({ source: "collector:TST:0:x", events: viewsOf(230, "c", 3) }),
    );
    const sealed = await seal(230, 1);
    expect(sealed).toMatchObject({ status: "sealed", through: 1, views: 3 });
    const objects = sealed.status === "sealed" ? sealed.objects : [];
    expect(objects).toEqual([{ name: expect.stringMatching(/^raw\/hour=/), events: 3 }]);
    expect(await env.RAW_LOG.head(objects[0]?.name ?? "")).not.toBe(null);
    const before = await tallyOf(230).seal(HOUR - 3_600_000, 1);
    expect(before).toMatchObject({ status: "sealed", objects: [], views: 0 });
  });

  test("downwards never lowers what is published; the truth has to catch up", async () => {
    const source = "down";
    await tallyOf(231).append(chunkOf({ source, events: viewsOf(231, "c", 3) }));
    expect(await finalise(231, 1, 1, 1)).toEqual({ status: "done", changed: 1, dirty: false });
    expect(await countedIn(231, "c")).toBe(3);
    await evictDurableObject(tallyOf(231));
    await tallyOf(231).append(chunkOf({ source, events: viewsOf(231, "c", 2), row: 2 }));
    expect(await countedIn(231, "c")).toBe(3);
    await tallyOf(231).append(chunkOf({ source, events: viewsOf(231, "c", 1), row: 3 }));
    expect(await countedIn(231, "c")).toBe(4);
  });

  test("upwards is published with a newer stamp", async () => {
    await tallyOf(232).append(chunkOf({ source: "up", events: viewsOf(232, "c", 1) }));
    const before = (await tallyOf(232).counts([id("c")])).counts[0]?.stamp ?? "";
    await finalise(232, 1, 1, 5);
    const after = (await tallyOf(232).counts([id("c")])).counts[0];
    expect(after?.views).toBe(5);
    expect(String(after?.stamp) > before).toBe(true);
  });

  test("twice equals once", async () => {
    await tallyOf(233).append(chunkOf({ source: "twice", events: viewsOf(233, "c", 2) }));
    await finalise(233, 1, 1, 7);
    expect(await settle(233, 1, 1, 7)).toEqual({ status: "done", changed: 1, dirty: false });
    expect(await finalise(233, 2, 1, 7)).toEqual({ status: "done", changed: 0, dirty: false });
    expect(await countedIn(233, "c")).toBe(7);
  });

  test("keeps what was counted since it read, and says that the hour is dirty", async () => {
    const source = "since";
    await tallyOf(234).append(chunkOf({ source, events: viewsOf(234, "c", 2) }));
    await seal(234, 1);
    await tallyOf(234).append(chunkOf({ source, events: viewsOf(234, "c", 3), row: 2 }));
    const answer = await settle(234, 1, 1, 4);
    expect(answer).toEqual({ status: "done", changed: 1, dirty: true });
    expect(await countedIn(234, "c")).toBe(7);
  });

  test("sets to 0 what is in its range and not named, and leaves alone what is outside", async () => {
    const events = ["a", "m", "z"].flatMap((content) => viewsOf(235, content, 2));
    await tallyOf(235).append(chunkOf({ source: "range", events }));
    await seal(235, 1);
    const range = { from: "b", to: "n" };
    const request = { hour: HOUR, run: 1, through: 1, range, cells: [] };
    expect(await tallyOf(235).finalise(request)).toMatchObject({ status: "done", changed: 1 });
    const cells = await rowsOf(tallyOf(235), "SELECT content, counted FROM cells ORDER BY content");
    expect(cells.map(({ content, counted }) => [content, counted])).toEqual([
      ["a", 2],
      ["m", 0],
      ["z", 2],
    ]);
  });

  test("by a run older than the last one is refused", async () => {
    await tallyOf(236).append(chunkOf({ source: "old-run", events: viewsOf(236, "c", 1) }));
    await finalise(236, 2, 1, 3);
    expect(await seal(236, 1)).toEqual({ status: "superseded", run: 2 });
    expect(await settle(236, 1, 1, 9)).toEqual({ status: "superseded", run: 2 });
    expect(await countedIn(236, "c")).toBe(3);
  });

  test("by a run that claims to have read further than the log goes is refused", async () => {
    await tallyOf(237).append(chunkOf({ source: "ahead", events: viewsOf(237, "c", 1) }));
    expect(await finalise(237, 1, 99, 9)).toEqual({ status: "ahead", position: 1 });
    expect(await countedIn(237, "c")).toBe(1);
  });

  test("survives the instance, and views counted after it come on top once", async () => {
    const source = "survives";
    await tallyOf(238).append(chunkOf({ source, events: viewsOf(238, "c", 1) }));
    await finalise(238, 1, 1, 5);
    const second = chunkOf({ source, events: viewsOf(238, "c", 2), row: 2 });
    await tallyOf(238).append(second);
    await evictDurableObject(tallyOf(238));
    expect(await countedIn(238, "c")).toBe(7);
    await tallyOf(238).append(second);
    expect(await countedIn(238, "c")).toBe(7);
  });
});

test("a flush saves everything first and answers how the Tally stands", async () => {
  await tallyOf(240).append(chunkOf({ source: "saved", events: viewsOf(240, "saved", 2) }));
  const { status } = await tallyOf(240).flush();
  expect(status).toEqual({
    position: 1,
    checkpoint: 1,
    flushed: 1,
    archived: 0,
    unarchivedBytes: expect.any(Number),
    dirtyHours: 1,
    closedThrough: 0,
    sources: 1,
    bytes: expect.any(Number),
    horizon: expect.any(Number),
    windowEntries: 2,
    approximateMinutes: 0,
  });
  await untilSlotEnds(tallyOf(240));
  expect(await rowsOf(tallyOf(240), "SELECT views, published FROM totals")).toEqual([
    { views: 2, published: 2 },
  ]);
});
