import { describe, expect, test } from "vitest";
import type { RawLog } from "../../src/ports/raw-log.ts";

let made = 0;
/** A name nobody has used, and that begins with no other. */
const fresh = (): string => {
  made += 1;
  return `contract/${String(made).padStart(4, "0")}/object.ndjson.gz`;
};

const batchesOf = async (
  log: RawLog,
  name: string,
): Promise<readonly (readonly string[])[] | undefined> => {
  const reading = await log.read(name);
  if (reading === undefined) return undefined;
  const batches: (readonly string[])[] = [];
  for await (const batch of reading) batches.push(batch);
  return batches;
};

const linesOf = async (log: RawLog, name: string): Promise<readonly string[] | undefined> =>
  (await batchesOf(log, name))?.flat();

/** All names from page to page, as a caller has to ask. */
const namesOf = async (log: RawLog, prefix: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for (let page = await log.list(prefix); page.length > 0; ) {
    names.push(...page);
    page = await log.list(prefix, page.at(-1));
  }
  return names;
};

/** Lines that compress badly: an object of many pieces. */
const longLines = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    JSON.stringify({ index, text: `${Math.sin(index)} Zürich 東京 🎈`, id: crypto.randomUUID() }),
  );

/** The promises of the port `RawLog`, for any adapter of it. */
export const rawLogContract = (open: () => RawLog): void => {
  describe("objects", () => {
    test("come back line by line, in their order, whatever is in them", async () => {
      const log = open();
      const name = fresh();
      const lines = ["{}", "", " ", "\r", "\u2028", "\ufeff{}", "🎈", '"\\n"', "x".repeat(300_000)];
      expect(await log.put(name, lines)).toBeGreaterThan(0);
      expect(await linesOf(log, name)).toEqual(lines);
    });

    test("may be empty, which is not the same as absent", async () => {
      const log = open();
      const name = fresh();
      expect(await log.put(name, [])).toBeGreaterThan(0);
      expect(await linesOf(log, name)).toEqual([]);
      expect(await log.read(fresh())).toBeUndefined();
    });

    test("of many pieces come back whole, some lines at a time", async () => {
      const log = open();
      const name = fresh();
      const lines = longLines(20_000);
      const bytes = await log.put(name, new Set(lines));
      expect(bytes).toBeLessThan(lines.join("\n").length);
      const batches = (await batchesOf(log, name)) ?? [];
      expect(batches.flat()).toEqual(lines);
      for (const batch of batches) expect(batch.length).toBeLessThan(lines.length / 4);
    });

    test("can be left before their end, and read again", async () => {
      const log = open();
      const name = fresh();
      await log.put(name, longLines(5_000));
      for await (const _ of (await log.read(name)) ?? []) break;
      expect(await linesOf(log, name)).toHaveLength(5_000);
    });
  });

  describe("an object that is there", () => {
    test("stays as it is: a second put changes nothing and answers its size", async () => {
      const log = open();
      const name = fresh();
      const bytes = await log.put(name, ["first"]);
      expect(await log.put(name, longLines(1_000))).toBe(bytes);
      expect(await linesOf(log, name)).toEqual(["first"]);
    });

    test("of two who put it at once, both are told the size of the one that won", async () => {
      const log = open();
      const name = fresh();
      const [one, other] = [longLines(500), longLines(900)];
      const [bytes, same] = await Promise.all([log.put(name, one), log.put(name, other)]);
      expect(bytes).toBe(same);
      expect([one, other]).toContainEqual(await linesOf(log, name));
    });

    test("can be put anew once it is deleted", async () => {
      const log = open();
      const name = fresh();
      await log.put(name, ["first"]);
      await log.delete([name]);
      expect(await log.read(name)).toBeUndefined();
      await log.put(name, ["second"]);
      expect(await linesOf(log, name)).toEqual(["second"]);
    });
  });

  describe("names", () => {
    test("are listed in their order, with the prefix and behind what was named, and no others", async () => {
      const log = open();
      const prefix = fresh();
      const names = ["b", "a/2", "a/10", "a/1", "c"].map((end) => `${prefix}/${end}`);
      for (const name of names) await log.put(name, []);
      await log.put(fresh(), []);
      const sorted = ["a/1", "a/10", "a/2", "b", "c"].map((end) => `${prefix}/${end}`);
      expect(await namesOf(log, `${prefix}/`)).toEqual(sorted);
      expect(await log.list(`${prefix}/a/`)).toEqual(sorted.slice(0, 3));
      expect(await log.list(`${prefix}/`, `${prefix}/a/2`)).toEqual(sorted.slice(3));
      expect(await log.list(`${prefix}/`, `${prefix}/a/9`)).toEqual(sorted.slice(3));
      expect(await log.list(`${prefix}/`, `${prefix}/c`)).toEqual([]);
      expect(await log.list(`${prefix}/none`)).toEqual([]);
    });

    test("more than one delete holds all go, and no other", async () => {
      const log = open();
      const prefix = fresh();
      const names = Array.from({ length: 2_100 }, (_, index) => `${prefix}/${index}`);
      const there = names.filter((_, index) => index % 300 === 99);
      for (const name of [...there, `${prefix}/kept`]) await log.put(name, []);
      await log.delete(names);
      expect(await namesOf(log, `${prefix}/`)).toEqual([`${prefix}/kept`]);
    });

    test("that nobody has are none the less deleted", async () => {
      const log = open();
      await log.delete([]);
      await log.delete([fresh(), fresh()]);
    });
  });
};
