import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../src/core/limits.ts";
import {
  coverageOf,
  decodeIncompleteLine,
  decodeIndexLine,
  encodeIncompleteLine,
  encodeIndexLine,
  formatRawName,
  hourPrefix,
  indexPrefix,
  parseRawName,
  type RawName,
  type Span,
} from "../../src/protocol/raw-names.ts";

const NINE = Date.UTC(2026, 10, 21, 9);
const GENERATION = 1_795_251_600_017;

const hour = fc.nat(250 * 365 * 24).map((hours) => hours * HOUR_MS);
const shard = fc.nat(1_023);
const range = fc
  .record({
    generation: fc.integer({ min: 1, max: 2 ** 45 }),
    from: fc.integer({ min: 1, max: 1e11 }),
    more: fc.nat(1_000_000),
  })
  .map(({ generation, from, more }) => ({ generation, from, to: from + more }));
const name = fc.oneof(
  fc.tuple(hour, shard, range).map(([hour, shard, range]): RawName => {
    return { kind: "events", hour, shard, ...range };
  }),
  fc
    .tuple(fc.constantFrom("index", "unreadable"), shard, range)
    .map(([kind, shard, range]): RawName => ({ kind, shard, ...range })),
);

describe("names", () => {
  test("say hour, shard, generation and positions", () => {
    const range = { shard: 7, generation: GENERATION, from: 1, to: 2_345 };
    const end = `shard=07/${GENERATION}-000000000001-000000002345.ndjson.gz`;
    expect(formatRawName({ kind: "events", hour: NINE, ...range })).toBe(
      `raw/hour=2026-11-21T09/${end}`,
    );
    expect(formatRawName({ kind: "index", ...range })).toBe(`index/${end}`);
    expect(formatRawName({ kind: "unreadable", ...range })).toBe(`raw-unreadable/${end}`);
    expect(hourPrefix(NINE)).toBe("raw/hour=2026-11-21T09/");
    expect(hourPrefix(NINE, 7)).toBe("raw/hour=2026-11-21T09/shard=07/");
    expect(indexPrefix(1_023)).toBe("index/shard=1023/");
  });

  test("can be read back, and begin with their prefix", () => {
    fc.assert(
      fc.property(name, (it) => {
        const text = formatRawName(it);
        expect(parseRawName(text)).toEqual(it);
        if (it.kind === "events") expect(text.startsWith(hourPrefix(it.hour, it.shard))).toBe(true);
        if (it.kind === "index") expect(text.startsWith(indexPrefix(it.shard))).toBe(true);
      }),
    );
  });

  test("one prefix is no other shard's", () => {
    expect(formatRawName({ kind: "index", shard: 10, generation: 1, from: 1, to: 1 })).not.toMatch(
      new RegExp(`^${indexPrefix(1)}`),
    );
  });

  test("of a generation sort as their positions do", () => {
    fc.assert(
      fc.property(range, range, (one, other) => {
        const [a, b] = [one, other].map((it) =>
          formatRawName({ kind: "index", shard: 3, ...it, generation: GENERATION }),
        );
        if (one.from !== other.from) expect((a ?? "") < (b ?? "")).toBe(one.from < other.from);
      }),
    );
  });

  const sound = `raw/hour=2026-11-21T09/shard=07/1-000000000001-000000000002.ndjson.gz`;
  test.each([
    "",
    `/${sound}`,
    `${sound}.tmp`,
    sound.replace("raw/", "raw2/"),
    sound.replace("T09", "T24"),
    sound.replace("T09", "T9"),
    sound.replace("T09", "T09:30"),
    sound.replace("11-21", "13-01"),
    sound.replace("hour=2026-11-21T09", "hour="),
    sound.replace("=07", "=7"),
    sound.replace("=07", "=007"),
    sound.replace("/1-", "/01-"),
    sound.replace("/1-", "/x-"),
    sound.replace("000000000001", "000000000000"),
    sound.replace("000000000001", "000000000003"),
    sound.replace("000000000001", "1"),
    sound.replace("hour=2026-11-21T09/", ""),
  ])("%j is none", (text) => {
    expect(parseRawName(sound)).toBeDefined();
    expect(parseRawName(text)).toBeUndefined();
  });
});

describe("an index", () => {
  const entry = {
    hour: NINE,
    name: formatRawName({
      kind: "events",
      hour: NINE,
      shard: 7,
      generation: GENERATION,
      from: 1,
      to: 9,
    }),
    events: 71_000,
  };
  const line = encodeIndexLine(entry);

  test("names hours that are incomplete, which are no objects", () => {
    const line = encodeIncompleteLine(NINE);
    expect(line).toBe(`{"v":1,"hour":${NINE},"incomplete":true}`);
    expect(decodeIncompleteLine(line)).toBe(NINE);
    expect(decodeIndexLine(line)).toBeUndefined();
    for (const other of ["", "[]", "null", line.replace("true", "false"), line.replace("1", "2")]) {
      expect(decodeIncompleteLine(other)).toBeUndefined();
    }
  });

  test("names an object a line, with its hour and how many lines it has", () => {
    expect(Object.keys(JSON.parse(line))).toEqual(["v", "hour", "name", "events"]);
    expect(decodeIndexLine(line)).toEqual(entry);
    expect(decodeIndexLine(line.replace("{", '{"more":1,'))).toEqual(entry);
  });

  test.each([
    ...["", "{}", "null", "[]", `${line}}`],
    JSON.stringify({ v: 2, ...entry }),
    JSON.stringify({ v: 1, ...entry, hour: NINE + HOUR_MS }),
    JSON.stringify({ v: 1, ...entry, events: -1 }),
    JSON.stringify({ v: 1, ...entry, events: "1" }),
    JSON.stringify({ v: 1, ...entry, name: "raw" }),
    JSON.stringify({
      v: 1,
      ...entry,
      name: entry.name.replace("raw/hour=2026-11-21T09", "index"),
    }),
  ])("%j is no line of one", (text) => {
    expect(decodeIndexLine(text)).toBeUndefined();
  });
});

describe("coverage", () => {
  const indexOf = ({ from, to }: Span, generation = GENERATION): string =>
    formatRawName({ kind: "index", shard: 7, generation, from, to });

  test("tells each generation's holes, also the one before its first range", () => {
    const names = [
      indexOf({ from: 1, to: 5 }, 2),
      indexOf({ from: 9, to: 9 }, 1),
      indexOf({ from: 6, to: 7 }, 2),
      indexOf({ from: 3, to: 4 }, 1),
      "index/shard=07/garbage",
      formatRawName({ kind: "unreadable", shard: 7, generation: 3, from: 1, to: 1 }),
    ];
    expect(coverageOf(names)).toEqual([
      {
        generation: 1,
        held: [
          { from: 3, to: 4 },
          { from: 9, to: 9 },
        ],
        holes: [
          { from: 1, to: 2 },
          { from: 5, to: 8 },
        ],
        through: 9,
      },
      { generation: 2, held: [{ from: 1, to: 7 }], holes: [], through: 7 },
    ]);
    expect(coverageOf([])).toEqual([]);
  });

  test("is that of the positions one by one, however ranges overlap, repeat or are shuffled", () => {
    const span = fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(12))
      .map(([from, more]) => ({ from, to: from + more }));
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 20 }), (spans) => {
        const there = new Set(spans.flatMap(positions));
        const last = Math.max(...there);
        const missing = positions({ from: 1, to: last }).filter((it) => !there.has(it));
        const [coverage] = coverageOf(spans.map((it) => indexOf(it)));
        expect(coverage?.through).toBe(last);
        expect(coverage?.held.flatMap(positions)).toEqual([...there].sort((a, b) => a - b));
        expect(coverage?.holes.flatMap(positions)).toEqual(missing);
        const pieces = [...(coverage?.held ?? []), ...(coverage?.holes ?? [])];
        const sorted = pieces.toSorted((a, b) => a.from - b.from);
        for (const [index, { from }] of sorted.entries()) {
          expect(from).toBe((sorted[index - 1]?.to ?? 0) + 1);
        }
      }),
    );
  });
});

const positions = ({ from, to }: Span): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
