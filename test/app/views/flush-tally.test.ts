import fc from "fast-check";
import { expect, test } from "vitest";
import { FLUSH_BATCH_ROWS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { content, makeEvent, visitor } from "../../support/events.ts";
import { arrivals, MIDNIGHT } from "../../support/histories.ts";
import type { Fate } from "../../support/memory-count-tables.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const HOURS = [hourOf(MIDNIGHT - 1), MIDNIGHT];

/** What the Tally itself has, and what is in the database. */
const compare = ({ disk, tally, database }: TallyHarness): void => {
  tally.checkpoint();
  const cells = disk.read("SELECT content, hour, counted FROM cells");
  expect(
    new Set([...database.cells.values()].map((row) => `${row.content}/${row.hour}/${row.views}`)),
  ).toEqual(new Set(cells.map((row) => `${row.content}/${row.hour}/${row.counted}`)));
  for (const { content: id, published, stamp } of database.parts.values()) {
    expect(tally.counts([id]).counts).toEqual([{ content: id, views: published, stamp }]);
  }
  const totals = disk.read("SELECT content FROM totals");
  expect(database.parts.size).toBe(totals.length);
};

const fates = fc.array(
  fc.constantFrom<Fate>("done", "refused", "done, answer lost", "done much later", "done twice"),
  { maxLength: 30 },
);

type Step =
  | { readonly do: "append" }
  | { readonly do: "flush" }
  | { readonly do: "two flushes" }
  | { readonly do: "flush while views arrive" }
  | { readonly do: "evict" }
  | { readonly do: "start"; readonly views: number }
  | { readonly do: "correct"; readonly counted: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>({ do: "append" }),
  fc.constant<Step>({ do: "flush" }),
  fc.constant<Step>({ do: "two flushes" }),
  fc.constant<Step>({ do: "flush while views arrive" }),
  fc.constant<Step>({ do: "evict" }),
  fc.record({ do: fc.constant("start" as const), views: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ do: fc.constant("correct" as const), counted: fc.integer({ min: 0, max: 9 }) }),
);

const flush = (harness: TallyHarness): Promise<unknown> =>
  harness.tally.flush().catch(() => undefined);

const take = async (
  harness: TallyHarness,
  what: Step,
  next: () => readonly ViewEvent[],
  run: number,
) => {
  switch (what.do) {
    case "append":
      return void harness.append(next());
    case "flush":
      return flush(harness);
    case "two flushes":
      return Promise.all([flush(harness), flush(harness)]);
    case "flush while views arrive":
      harness.database.meanwhile = () => {
        harness.database.meanwhile = () => undefined;
        harness.append(next());
      };
      await flush(harness);
      harness.database.meanwhile = () => undefined;
      return undefined;
    case "evict":
      return harness.evict();
    case "start":
      return harness.tally.setStart(content("a"), what.views);
    case "correct": {
      const [hour = 0] = HOURS;
      const through = await harness.seal(hour, run);
      const cells = [[content("a"), what.counted]] as const;
      return harness.tally.correction.finalise({ hour, run, through, range: { from: "" }, cells });
    }
  }
};

test("flushed over a wire that loses, doubles and reorders, by overlapping runs, aborted at any statement: in the end the database equals the Tally", async () => {
  await fc.assert(
    fc.asyncProperty(
      arrivals(),
      fc.array(step, { maxLength: 25 }),
      fates,
      async (events, steps, wire) => {
        const harness = new TallyHarness(MIDNIGHT);
        harness.database.fates = [...wire];
        const waiting = [...events];
        for (const [run, what] of steps.entries()) {
          await take(harness, what, () => waiting.splice(0, 3), run + 1);
        }
        harness.append(waiting);
        harness.database.fates = [];
        await harness.tally.flush();
        harness.database.arriveLate();
        compare(harness);
        expect(harness.tally.status()).toMatchObject({ flushed: harness.tally.status().position });
      },
    ),
  );
});

const viewsOf = (count: number, at: number): readonly ViewEvent[] =>
  Array.from({ length: count }, (_, serial) =>
    makeEvent({ serial, at, content: `c${serial}`, visitor: visitor(serial) }),
  );

test("a flush writes what changed since the last one, and nothing when nothing did", async () => {
  const harness = new TallyHarness(NOON);
  harness.append(viewsOf(3, NOON));
  expect(await harness.tally.flush()).toMatchObject({ rows: 6, statements: 2 });
  expect(await harness.tally.flush()).toMatchObject({ rows: 0, statements: 0 });
  harness.append(viewsOf(1, NOON + 60_000));
  expect(await harness.tally.flush()).toMatchObject({ rows: 2, statements: 2 });
});

test("changes that fill pages to the row, and those that share a version, are all written", async () => {
  for (const count of [FLUSH_BATCH_ROWS - 1, FLUSH_BATCH_ROWS, FLUSH_BATCH_ROWS + 1]) {
    const harness = new TallyHarness(NOON);
    harness.append(viewsOf(count, NOON));
    expect(await harness.tally.flush()).toMatchObject({ rows: 2 * count });
    expect(harness.database.cells.size).toBe(count);
    expect(harness.database.parts.size).toBe(count);
  }
});

test("what failed half way is sent again, and a version is safe only when all of it is", async () => {
  const harness = new TallyHarness(NOON);
  harness.append(viewsOf(2, NOON));
  harness.database.fates = ["done", "refused"];
  await expect(harness.tally.flush()).rejects.toThrow("the database is away");
  expect(harness.tally.status().flushed).toBe(0);
  expect(await harness.tally.flush()).toMatchObject({ rows: 4, flushed: 1 });
});

test("an hour that correction settled is written as final", async () => {
  const harness = new TallyHarness(NOON);
  harness.append(viewsOf(1, NOON));
  const hour = hourOf(NOON);
  const through = await harness.seal(hour, 1);
  const cells = [[content("c0"), 5]] as const;
  harness.tally.correction.finalise({ hour, run: 1, through, range: { from: "" }, cells });
  await harness.tally.flush();
  expect([...harness.database.cells.values()]).toMatchObject([{ views: 5, final: true }]);
});
