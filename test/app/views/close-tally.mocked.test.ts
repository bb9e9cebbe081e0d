import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { RAW_RETENTION_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import {
  ClosingWorld,
  CONTENTS,
  DAY_MS,
  HOUR_MS,
  type Meanwhile,
  type Step,
} from "../../support/closing-world.ts";
import { content, makeEvent, visitor } from "../../support/events.ts";
import type { Fate } from "../../support/memory-count-tables.ts";
import { ObjectDisk } from "../../support/object-disk.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

// So few at a time that a closing of a handful of cells is one in many transactions.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  CLOSE_BATCH_CELLS: 2,
}));

const ofHours = fc.integer({ min: 0, max: 9 });

const append: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("append" as const),
  contents: fc.array(fc.constantFrom(...CONTENTS), { minLength: 1, maxLength: 4 }),
});

const wait = (...ms: readonly number[]): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(...ms) });

const close: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("close" as const),
  olderHours: fc.constantFrom(-48, 0, 0, 0, 1, 24, 700),
  meanwhile: fc.constantFrom<Meanwhile>(
    "nothing",
    "append",
    "late view",
    "correct",
    "close",
    "crash",
  ),
  atPause: fc.nat({ max: 3 }),
});

const other: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("late view" as const), hour: ofHours }),
  fc.constantFrom<Step>({ do: "flush" }, { do: "evict" }),
  fc.record({ do: fc.constant("start" as const), views: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ do: fc.constant("correct" as const), hour: ofHours, counted: fc.nat({ max: 5 }) }),
);

const many = { maxLength: 12, size: "max" } as const;

/** Some days of views, then months in which anything happens. */
const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(fc.oneof(append, wait(61_000, HOUR_MS, DAY_MS), other), many),
    fc.array(
      fc.tuple(
        wait(HOUR_MS, 30 * DAY_MS, 60 * DAY_MS, 91 * DAY_MS),
        fc.oneof(append, other),
        close,
      ),
      many,
    ),
  )
  .map(([first, then]) => [...first, ...then.flat()]);

const fates = fc.array(
  fc.constantFrom<Fate>("done", "done", "refused", "done, answer lost", "done much later"),
  { maxLength: 30 },
);

test("closing among views, corrections, flushes, crashes and other closings moves no number, and what the database keeps adds up at every moment", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fates, async (all, wire) => {
      const world = new ClosingWorld(wire);
      for (const what of all) {
        await world.take(what);
        world.check();
      }
      await world.end();
    }),
    { numRuns: 120 },
  );
}, 120_000);

const HOUR = Date.UTC(2026, 0, 1, 9);
const LATER = HOUR + RAW_RETENTION_MS + DAY_MS;
/** Whole reporting days are closed. */
const CLOSED = Date.UTC(2026, 0, 2);

let serial = 0;
/** A view by somebody new. */
const view = (id: string, at: number) => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: visitor(serial) });
};

/** Five contents with a view in the hour, 90 days and more ago. */
const grown = (): TallyHarness => {
  const harness = new TallyHarness(HOUR + 1_000);
  harness.append(["a", "b", "c", "d", "e"].map((id) => view(id, HOUR)));
  harness.now = LATER;
  return harness;
};

const closeAll = ({ tally, now }: TallyHarness) => tally.close(now - RAW_RETENTION_MS);

/** How many cells the hour still has. */
const countCells = ({ disk }: TallyHarness) =>
  disk.read("SELECT * FROM cells WHERE hour = ?", HOUR).length;

test("a closing says how many cells it moved, and one with nothing left to do asks the database nothing", async () => {
  const harness = grown();
  const closedThrough = CLOSED;
  expect(await closeAll(harness)).toMatchObject({ closedThrough, cells: 5, statements: 4 });
  expect(await closeAll(harness)).toMatchObject({ closedThrough, cells: 0, statements: 0 });
  expect(harness.tally.status()).toMatchObject({ closedThrough });
});

test("a Tally without a cell that old is closed all the same", async () => {
  const harness = new TallyHarness(LATER);
  expect(await closeAll(harness)).toMatchObject({ closedThrough: CLOSED, cells: 0 });
  harness.evict();
  expect(harness.tally.status()).toMatchObject({ closedThrough: CLOSED });
});

test("nothing younger than raw retention is closed, whoever asks for it", async () => {
  const harness = grown();
  const { closedThrough } = await harness.tally.close(harness.now);
  expect(closedThrough).toBe(CLOSED);
  harness.append([view("a", harness.now)]);
  expect(await harness.tally.close(harness.now)).toMatchObject({ closedThrough, cells: 0 });
});

test("what the database did not take of the sums of days keeps every cell where it is", async () => {
  const harness = grown();
  harness.database.fates = ["done", "done", "refused"];
  await expect(closeAll(harness)).rejects.toThrow("the database is away");
  expect(countCells(harness)).toBe(5);
  expect(harness.tally.status()).toMatchObject({ closedThrough: 0 });
  expect(await closeAll(harness)).toMatchObject({ closedThrough: CLOSED, cells: 5 });
  expect(harness.database.days.get("e/20260101/0")).toMatchObject({ views: 1 });
});

test("a day is closed as a whole or not at all, in the reporting time zone", async () => {
  const harness = new TallyHarness(HOUR, { timeZone: "Europe/Berlin" });
  const [evening, night] = [Date.UTC(2026, 0, 1, 22), Date.UTC(2026, 0, 1, 23)];
  for (const at of [evening, night]) {
    harness.now = at;
    harness.append([view("a", at)]);
  }
  harness.now = night + DAY_MS / 2 + RAW_RETENTION_MS;
  expect(await closeAll(harness)).toMatchObject({ closedThrough: night, cells: 1 });
  const days = [...harness.database.days.values()];
  expect(days.map(({ day, views }) => [day, views])).toEqual([
    [20260101, 1],
    [20260102, 1],
  ]);
});

test("between two parts of a closing views are taken in", async () => {
  const harness = grown();
  const seen: number[] = [];
  harness.beforeDurable = () => {
    harness.append([view("a", harness.now)]);
    seen.push(countCells(harness));
  };
  await closeAll(harness);
  expect(seen).toEqual([3, 1, 0]);
  expect(harness.views("a")).toBe(4);
});

test("a crash between two parts loses the part that was not safe, and the next closing does it again", async () => {
  const harness = grown();
  harness.disk.flush();
  harness.database.meanwhile = () => harness.disk.flush();
  let parts = 0;
  harness.beforeDurable = () => {
    parts += 1;
    if (parts === 2) harness.crash();
  };
  await expect(closeAll(harness)).rejects.toThrow("a dead object");
  expect(countCells(harness)).toBe(3);
  expect(harness.tally.status()).toMatchObject({ closedThrough: 0 });
  expect(await closeAll(harness)).toMatchObject({ closedThrough: CLOSED, cells: 3 });
  for (const id of ["a", "b", "c", "d", "e"]) {
    expect(harness.database.parts.get(`${id}/0`)).toMatchObject({ closed: 1, published: 1 });
  }
});

test("the Tally is not closed before the database has the closed values", async () => {
  const harness = grown();
  harness.database.fates = ["done", "done", "done", "refused"];
  await expect(closeAll(harness)).rejects.toThrow("the database is away");
  expect(countCells(harness)).toBe(0);
  expect(harness.tally.status()).toMatchObject({ closedThrough: 0 });
  expect(await closeAll(harness)).toMatchObject({ closedThrough: CLOSED, cells: 0 });
  expect(harness.database.parts.get("e/0")).toMatchObject({
    closed: 1,
    closedThrough: HOUR + HOUR_MS,
  });
});

test("a correction of a closed hour is refused and changes nothing, also after an eviction", async () => {
  const harness = grown();
  await closeAll(harness);
  harness.evict();
  const closed = { status: "closed", through: CLOSED };
  expect(await harness.tally.correction.seal(HOUR, 1)).toEqual(closed);
  const through = await harness.seal(HOUR + DAY_MS, 1);
  const request = { run: 1, through, range: { from: "" }, cells: [[content("a"), 7]] } as const;
  expect(harness.tally.correction.finalise({ ...request, hour: HOUR })).toEqual(closed);
  expect(harness.views("a")).toBe(1);
  const open = { ...request, hour: HOUR + DAY_MS };
  expect(harness.tally.correction.finalise(open)).toMatchObject({ status: "done" });
  expect(harness.views("a")).toBe(8);
});

test("a view of a closed hour is late, even when nothing came for months and then the clock steps back", async () => {
  const harness = grown();
  await closeAll(harness);
  harness.crash();
  harness.now = HOUR + 2_000;
  harness.append([view("a", HOUR + 1_000)]);
  expect(harness.verdicts().at(-1)).toBe("late");
  expect(harness.views("a")).toBe(1);
});

test("storage from before there were closings is opened, goes on and is closed", async () => {
  const disk = new ObjectDisk();
  const { sql } = disk.open();
  sql.exec(`CREATE TABLE totals (content TEXT PRIMARY KEY, start INTEGER NOT NULL, views INTEGER NOT NULL,
    published INTEGER NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID`);
  sql.exec("INSERT INTO totals VALUES ('a', 10, 12, 13, 0)");
  sql.exec(`CREATE TABLE cells (content TEXT NOT NULL, hour INTEGER NOT NULL, counted INTEGER NOT NULL,
    version INTEGER NOT NULL, PRIMARY KEY (hour, content)) WITHOUT ROWID`);
  sql.exec("INSERT INTO cells VALUES ('a', ?, 2, 0)", HOUR);
  disk.flush();
  const harness = new TallyHarness(LATER, { disk });
  expect(harness.views("a")).toBe(13);
  harness.append([view("a", LATER), view("a", LATER), view("new", LATER)]);
  expect([harness.views("a"), harness.views("new")]).toEqual([14, 1]);
  harness.evict();
  expect(await closeAll(harness)).toMatchObject({ cells: 1 });
  harness.evict();
  expect(harness.views("a")).toBe(14);
  const part = { published: 14, closed: 2, closedThrough: HOUR + HOUR_MS };
  expect(harness.database.parts.get("a/0")).toMatchObject(part);
  expect(harness.database.parts.get("new/0")).toMatchObject({ closed: 0, closedThrough: 0 });
});

test("the raw objects of closed hours go with them, younger ones stay, and what the raw log refuses goes the next night", async () => {
  const harness = new TallyHarness(HOUR + 1_000);
  harness.append([view("a", HOUR)]);
  await harness.seal(HOUR, 1);
  harness.now = LATER;
  harness.append([view("a", LATER)]);
  await harness.seal(hourOf(LATER), 2);
  const [old = ""] = [...harness.rawLog.objects.keys()].filter((name) => name.startsWith("raw/"));
  harness.rawLog.fates.delete = ["refused"];
  expect(await closeAll(harness)).toMatchObject({ cells: 1, raw: { deleted: 0, left: true } });
  expect(harness.problems).toContain("tally.raw-not-deleted");
  expect(harness.rawLog.objects.has(old)).toBe(true);
  expect(await closeAll(harness)).toMatchObject({ raw: { deleted: 2, left: false } });
  const left = [...harness.rawLog.objects.keys()].map((name) => name.split("/")[0]);
  expect(new Set(left)).toEqual(new Set(["index", "raw"]));
  expect(harness.rawLog.objects.has(old)).toBe(false);
});
