import { expect, test } from "vitest";
import { cellWeight, HourOfEvents } from "../../bench/correct-events.ts";
import { parseRawLine, type RawLine } from "../../src/protocol/raw-record.ts";
import { NaiveOracle } from "../support/naive-oracle.ts";

const HOUR = Date.UTC(2026, 10, 21, 9);

const parsed = (text: string): RawLine => {
  const line = parseRawLine(text);
  if (line === undefined) throw new Error(`no record: ${text}`);
  return line;
};

const source = new HourOfEvents(HOUR, 8_000, 500);
const objects = [...source.objects()].map((lines) => lines.map(parsed));

const byTime = (a: RawLine, b: RawLine): number => a.at - b.at || (a.id < b.id ? -1 : 1);

test("what a bench expects to be counted is what one finds who compares every pair of views", () => {
  const oracle = new NaiveOracle();
  const seen = new Set<string>();
  const uniques = new Set<string>();
  const found = { lines: 0, counted: 0, duplicate: 0, bot: 0, copies: 0, uniques: 0, weight: 0 };
  for (const { id, at, content, visitor, verdict } of objects.flat().sort(byTime)) {
    found.lines += 1;
    if (seen.has(id)) {
      found.copies += 1;
      continue;
    }
    seen.add(id);
    const countable = verdict !== "bot";
    const counts = oracle.counts({ at, content, keys: [visitor], countable });
    found[counts ? "counted" : countable ? "duplicate" : "bot"] += 1;
    if (!counts) continue;
    found.weight += cellWeight(content);
    uniques.add(`${visitor} ${content}`);
  }
  expect({ ...found, uniques: uniques.size }).toEqual(source.expected);
});

test("there is some of everything that may happen to an event", () => {
  const { counted, duplicate, bot, copies, uniques } = source.expected;
  for (const count of [duplicate, bot, copies, counted - uniques])
    expect(count).toBeGreaterThan(20);
});

test("an object is in order, within the hour, and overlaps the next one in time", () => {
  expect(objects.length).toBe(16);
  for (const [index, lines] of objects.entries()) {
    expect(lines).toEqual([...lines].sort(byTime));
    expect(lines.every(({ at }) => at >= HOUR && at < HOUR + 3_600_000)).toBe(true);
    const next = objects[index + 1]?.[0]?.at ?? 0;
    if (index < objects.length - 1) expect(next).toBeLessThan(lines.at(-1)?.at ?? 0);
  }
});
