import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptChunk } from "../../../src/core/views/cursor.ts";

/** A chunk on its way, as the source fixed it. */
interface Sent {
  readonly source: number;
  readonly follows: number;
  readonly floor: number;
  readonly rows: readonly number[];
}

/** The source's log and what it believes of the taker. */
interface Source {
  readonly number: number;
  lastRow: number;
  floor: number;
  cursor: number;
}

const step = fc.constantFrom(
  ...["write", "write", "cut", "cut", "deliver", "deliver", "deliver", "deliver again"],
  ...["lose", "trim", "source forgets its cursor", "source reborn", "taker reborn"],
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A source and a taker that share nothing but chunks and marks, with every answer and chunk free to vanish or come twice. */
class Model {
  source: Source = newSource(1);
  readonly onTheWay: Sent[] = [];
  #delivered: Sent | undefined;
  marks = new Map<number, number>();
  taken = new Map<number, number[]>();
  gaps = 0;

  run(what: Step): void {
    const { source } = this;
    if (what === "write") source.lastRow += 1;
    if (what === "cut" && source.lastRow > source.cursor) this.onTheWay.push(cut(source));
    if (what === "deliver") this.#deliver(this.onTheWay.shift(), true);
    if (what === "deliver again") this.#deliver(this.#delivered, false);
    if (what === "lose") this.#deliver(this.onTheWay.pop(), false);
    if (what === "trim") source.floor = source.cursor + 1;
    if (what === "source forgets its cursor") source.cursor = source.floor - 1;
    if (what === "source reborn") this.source = newSource(source.number + 1);
    if (what === "taker reborn") {
      this.marks = new Map();
      this.taken = new Map();
    }
  }

  /** @param answered whether the taker's answer gets back */
  #deliver(chunk: Sent | undefined, answered: boolean): void {
    if (chunk === undefined) return;
    this.#delivered = chunk;
    const mark = this.#take(chunk);
    if (answered && chunk.source === this.source.number) this.source.cursor = mark;
  }

  #take(chunk: Sent): number {
    const acceptance = acceptChunk(this.marks.get(chunk.source), chunk);
    if (acceptance.status === "rewind") return acceptance.mark;
    if (acceptance.gap) this.gaps += 1;
    const taken = this.taken.get(chunk.source) ?? [];
    this.taken.set(chunk.source, [...taken, ...chunk.rows.filter((row) => row > acceptance.above)]);
    const mark = Math.max(acceptance.above, ...chunk.rows);
    this.marks.set(chunk.source, mark);
    return mark;
  }

  /** Nothing is lost any more: hands over until the source has nothing left. */
  settle(): void {
    this.onTheWay.length = 0;
    for (let round = 0; this.source.cursor < this.source.lastRow; round += 1) {
      if (round > 3) throw new Error("the two do not come together");
      this.#deliver(cut(this.source), true);
    }
  }
}

const newSource = (number: number): Source => ({ number, lastRow: 0, floor: 1, cursor: 0 });

const cut = ({ number, lastRow, floor, cursor }: Source): Sent => {
  const rows = Array.from({ length: lastRow - cursor }, (_, index) => cursor + 1 + index);
  return { source: number, follows: cursor, floor, rows };
};

const run = (steps: readonly Step[]): Model => {
  const model = new Model();
  for (const what of steps) model.run(what);
  return model;
};

const upTo = (last: number, from = 1) =>
  Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index);

describe("a log handed over with lost answers, late and doubled chunks", () => {
  const steps = fc.array(step, { maxLength: 60 });
  const runs = { numRuns: 2_000 };

  test("each row is taken once, in order, and none is left out", () => {
    const lossless = steps.map((all) => all.filter((what) => what !== "taker reborn"));
    fc.assert(
      fc.property(lossless, (all) => {
        const model = run(all);
        model.settle();
        const { number, lastRow } = model.source;
        expect(model.taken.get(number) ?? []).toEqual(upTo(lastRow));
        for (const rows of model.taken.values()) expect(rows).toEqual(upTo(rows.length));
        expect(model.gaps).toBe(0);
      }),
      runs,
    );
  });

  test("a taker that lost its memory gets everything the source still has", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = run([...all, "taker reborn", "write"]);
        model.settle();
        const { number, lastRow, floor } = model.source;
        expect(model.taken.get(number)).toEqual(upTo(lastRow, floor));
      }),
      runs,
    );
  });
});

describe("one chunk", () => {
  test.each([
    [
      "the first one ever",
      undefined,
      { follows: 0, floor: 1 },
      { status: "take", above: 0, gap: false },
    ],
    ["the next one", 7, { follows: 7, floor: 3 }, { status: "take", above: 7, gap: false }],
    [
      "a repeat after a lost answer",
      9,
      { follows: 7, floor: 3 },
      { status: "take", above: 9, gap: false },
    ],
    ["one beyond rows not seen", 5, { follows: 7, floor: 3 }, { status: "rewind", mark: 5 }],
    [
      "one beyond rows nobody remembers",
      undefined,
      { follows: 7, floor: 1 },
      { status: "rewind", mark: 0 },
    ],
    [
      "no memory, and the oldest rows are gone",
      undefined,
      { follows: 7, floor: 5 },
      { status: "rewind", mark: 4 },
    ],
    [
      "no memory, and all before it is gone",
      undefined,
      { follows: 7, floor: 8 },
      { status: "take", above: 7, gap: true },
    ],
    [
      "rows of other shards are gone, none was taken",
      undefined,
      { follows: 0, floor: 8 },
      { status: "take", above: 7, gap: false },
    ],
  ] as const)("%s", (_, mark, place, acceptance) => {
    expect(acceptChunk(mark, place)).toEqual(acceptance);
  });
});
