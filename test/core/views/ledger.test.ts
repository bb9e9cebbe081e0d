import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContentId } from "../../../src/core/ids.ts";
import { LEDGER_MAX_CLEAN_ENTRIES } from "../../../src/core/limits.ts";
import {
  type Cell,
  type CellKey,
  hourOf,
  Ledger,
  type SavedLedger,
  type Total,
} from "../../../src/core/views/ledger.ts";
import { content } from "../../support/events.ts";

const HOUR = 3_600_000;
/** Nothing of a content is closed. */
const OPEN = { closed: 0, closedThrough: 0 };

class SavedInMemory implements SavedLedger {
  readonly cells = new Map<string, Cell>();
  readonly totals = new Map<ContentId, Total>();

  cell({ content, hour }: CellKey) {
    return this.cells.get(`${content}@${hour}`);
  }

  total(id: ContentId) {
    return this.totals.get(id);
  }

  save(ledger: Ledger): void {
    const { cells, totals } = ledger.changes();
    for (const { content, hour, ...cell } of cells) this.cells.set(`${content}@${hour}`, cell);
    for (const { content, ...total } of totals) this.totals.set(content, total);
    ledger.markSaved();
  }
}

const CONTENTS = [content("a"), content("b")] as const;
const HOURS = [0, HOUR, 2 * HOUR] as const;

const change = fc.record({
  key: fc.record({ content: fc.constantFrom(...CONTENTS), hour: fc.constantFrom(...HOURS) }),
  /** Absent: one more view. */
  value: fc.option(fc.nat({ max: 5 }), { nil: undefined, freq: 3 }),
  next: fc.constantFrom("go on", "go on", "save", "save and wake anew"),
});

const apply = (
  ledger: Ledger,
  { key, value }: { key: CellKey; value: number | undefined },
  version: number,
) => (value === undefined ? ledger.count(key, version) : ledger.set(key, value, version));

const cellsOf = (ledger: Ledger, id: ContentId) =>
  HOURS.map((hour) => ledger.cell({ content: id, hour }));

describe("whatever counts and corrections come, saved and woken at any time", () => {
  const changes = fc.array(change, { maxLength: 40 });

  test("a content's truth is the sum of its cells, and its published number the highest truth ever", () => {
    fc.assert(
      fc.property(changes, (all) => {
        const saved = new SavedInMemory();
        let ledger = new Ledger(saved);
        const highest = new Map<ContentId, number>();
        for (const [index, one] of all.entries()) {
          apply(ledger, one, index + 1);
          const id = one.key.content;
          const sum = cellsOf(ledger, id).reduce((views, { counted }) => views + counted, 0);
          highest.set(id, Math.max(highest.get(id) ?? 0, sum));
          const published = highest.get(id);
          expect(ledger.total(id)).toMatchObject({ views: sum, published, version: index + 1 });
          if (one.next !== "go on") saved.save(ledger);
          if (one.next === "save and wake anew") ledger = new Ledger(saved);
        }
      }),
    );
  });

  test("a checkpoint and the replay of what came after it give the same as having lived", () => {
    fc.assert(
      fc.property(changes, fc.nat(), (all, at) => {
        const saved = new SavedInMemory();
        const lived = new Ledger(saved);
        const checkpoint = at % (all.length + 1);
        for (const [index, one] of all.entries()) {
          if (index === checkpoint) saved.save(lived);
          apply(lived, one, index + 1);
        }
        if (checkpoint === all.length) saved.save(lived);
        const woken = new Ledger(saved);
        for (const [index, one] of all.slice(checkpoint).entries()) {
          apply(woken, one, checkpoint + index + 1);
        }
        for (const id of CONTENTS) {
          expect(woken.total(id)).toEqual(lived.total(id));
          expect(cellsOf(woken, id)).toEqual(cellsOf(lived, id));
        }
      }),
    );
  });
});

test("a cell's version is the position that changed it last, and others keep theirs", () => {
  const ledger = new Ledger(new SavedInMemory());
  const [a, b] = CONTENTS;
  ledger.count({ content: a, hour: 0 }, 4);
  ledger.count({ content: b, hour: 0 }, 7);
  expect(ledger.cell({ content: a, hour: 0 })).toEqual({ counted: 1, version: 4, final: false });
  expect(ledger.total(a).version).toBe(4);
});

test("only what changed since the last save is saved again", () => {
  const saved = new SavedInMemory();
  const ledger = new Ledger(saved);
  const [a, b] = CONTENTS;
  ledger.count({ content: a, hour: 0 }, 1);
  expect(ledger.dirty).toBe(true);
  saved.save(ledger);
  expect(ledger.dirty).toBe(false);
  ledger.count({ content: b, hour: HOUR }, 2);
  expect(ledger.changes()).toEqual({
    cells: [{ content: b, hour: HOUR, counted: 1, version: 2, final: false }],
    totals: [{ content: b, start: 0, restated: 0, views: 1, published: 1, ...OPEN, version: 2 }],
  });
});

test("a memory grown large is given back at a save, and every number reads on from what was saved", () => {
  const saved = new SavedInMemory();
  const ledger = new Ledger(saved);
  const ids = Array.from({ length: LEDGER_MAX_CLEAN_ENTRIES }, (_, number) =>
    content(`c${number}`),
  );
  for (const id of ids) ledger.count({ content: id, hour: 0 }, 1);
  saved.save(ledger);
  const id = content("c7");
  saved.totals.set(id, { start: 0, restated: 0, views: 41, published: 41, ...OPEN, version: 1 });
  expect(ledger.total(id).views).toBe(41);
  ledger.count({ content: id, hour: 0 }, 2);
  expect(ledger.cell({ content: id, hour: 0 }).counted).toBe(2);
  expect(ledger.total(id).published).toBe(42);
});

test("an hour begins at its first millisecond", () => {
  expect(hourOf(HOUR - 1)).toBe(0);
  expect(hourOf(HOUR)).toBe(HOUR);
});

test("a start value is part of the truth; taken back, what is published holds until views have caught up", () => {
  const ledger = new Ledger(new SavedInMemory());
  const id = content("a");
  const key = { content: id, hour: HOUR };
  ledger.count(key, 1);
  ledger.setStart(id, 100, 2);
  expect(ledger.total(id)).toMatchObject({ start: 100, views: 101, published: 101, version: 2 });
  ledger.setStart(id, 100, 3);
  expect(ledger.total(id).views).toBe(101);
  ledger.setStart(id, 99, 4);
  expect(ledger.total(id)).toMatchObject({ start: 99, views: 100, published: 101, version: 4 });
  ledger.count(key, 5);
  ledger.count(key, 6);
  expect(ledger.total(id)).toMatchObject({ start: 99, views: 102, published: 102, version: 6 });
});
