import {
  abortAllDurableObjects,
  evictAllDurableObjects,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { tallyStore } from "../../../src/adapters/objects/tally-store.ts";
import { r2RawLog } from "../../../src/adapters/r2/raw-log.ts";
import { jsonLog } from "../../../src/adapters/runtime/json-log.ts";
import { systemClock, systemRandom, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { TallyArchive } from "../../../src/app/views/archive.ts";
import { ARCHIVE_RANGE_BYTES, HOUR_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import type { RawLog } from "../../../src/ports/raw-log.ts";
import { encodeRows } from "../../../src/protocol/chunk.ts";
import { coverageOf, decodeIndexLine, indexPrefix } from "../../../src/protocol/raw-names.ts";
import { eventIdOf, makeEvent, SECONDS_AGO_MS } from "../support/events.ts";
import { chunkOf, saveTally, type TallyStub, tallyOf, untilSlotEnds } from "../support/objects.ts";

const AT = Date.now() - SECONDS_AGO_MS;
const HOUR = hourOf(AT);

const bucket = r2RawLog(env.RAW_LOG, { timers: systemTimers, random: systemRandom });

const linesOf = async (name: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const some of (await bucket.read(name)) ?? []) lines.push(...some);
  return lines;
};

/** Ids of the events in an object. */
const idsIn = async (name: string): Promise<readonly string[]> =>
  (await linesOf(name)).map((line) => String((JSON.parse(line) as { id: unknown }).id));

/** What the bucket holds of a shard, by the objects' names: by its etag and time one tells that it was put once. */
const objectsOf = async (shard: number): Promise<ReadonlyMap<string, string>> => {
  const marked = `shard=${String(shard).padStart(2, "0")}/`;
  const { objects } = await env.RAW_LOG.list();
  const ours = objects.filter(({ key }) => key.includes(marked));
  return new Map(ours.map(({ key, etag, uploaded }) => [key, `${etag} ${uploaded.getTime()}`]));
};

/** Every event of the shard's archive, as its index tells. */
const archivedIn = async (shard: number): Promise<readonly string[]> => {
  const indexes = [...(await objectsOf(shard)).keys()].filter((it) =>
    it.startsWith(indexPrefix(shard)),
  );
  expect(coverageOf(indexes).flatMap(({ holes }) => holes)).toEqual([]);
  const ids: string[] = [];
  for (const line of (await Promise.all(indexes.map(linesOf))).flat()) {
    const entry = decodeIndexLine(line);
    if (entry === undefined) throw new Error(`no index line: ${line}`);
    const found = await idsIn(entry.name);
    expect(found).toHaveLength(entry.events);
    expect(found).toEqual(sorted(found));
    ids.push(...found);
  }
  return sorted(ids);
};

const sorted = (ids: readonly string[]): readonly string[] =>
  ids.toSorted((a, b) => (a < b ? -1 : 1));

/** Archives over the object's own storage, to a bucket that does not answer after so many puts. */
const archiveSome = (tally: TallyStub, puts: number): Promise<string> =>
  runInDurableObject(tally, async (_, { id, storage }) => {
    let left = puts;
    const away = new Error("the bucket is away");
    const put: RawLog["put"] = async (name, lines) => {
      if (left === 0) throw away;
      left -= 1;
      const bytes = await bucket.put(name, lines);
      if (left === 0) throw away;
      return bytes;
    };
    const store = tallyStore(storage, Date.now(), () => undefined);
    const shard = Number(id.name?.split(":")[1]);
    const rawLog = { ...bucket, put };
    const platform = { clock: systemClock, random: systemRandom, log: jsonLog };
    const archive = new TallyArchive({ name: `${id.name}`, shard, store, rawLog, ...platform });
    return archive.through(store.checkpoint()).then(() => "archived", String);
  });

/** Views of this hour and of the two before it. */
const viewsOf = (shard: number, count: number): readonly ViewEvent[] =>
  Array.from({ length: count }, (_, index) =>
    makeEvent({ content: "archived", shard, at: AT - (index % 3) * HOUR_MS }),
  );

const WAYS = [
  ["eviction", 800, evictAllDurableObjects],
  ["abort", 850, abortAllDurableObjects],
] as const;

describe.each(WAYS)("an %s", (way, first, die) => {
  test.each([
    ["before the first object", 0],
    ["between two objects", 1],
    ["before the index", 3],
    ["after the index, before the Tally took note", 4],
  ])("%s: the next life puts the same objects under the same names", async (_, puts) => {
    const shard = first + puts;
    const source = "collector:TST:0:x";
    const events = viewsOf(shard, 7);
    await tallyOf(shard).append(chunkOf({ source, events }));
    await saveTally(tallyOf(shard));
    expect(await archiveSome(tallyOf(shard), puts)).toBe("Error: the bucket is away");
    const before = await objectsOf(shard);
    expect(before.size).toBe(puts);
    await die();
    const more = viewsOf(shard, 2);
    await tallyOf(shard).append(chunkOf({ source, events: more, row: 2 }));
    expect(await tallyOf(shard).seal(HOUR, 1)).toMatchObject({ status: "sealed", through: 2 });
    const after = await objectsOf(shard);
    for (const [name, stored] of before) expect(after.get(name)).toBe(stored);
    // The range begun before is not a longer one for what came since.
    const ofFirst = [...after.keys()].filter((name) =>
      name.endsWith("-000000000001-000000000001.ndjson.gz"),
    );
    expect(ofFirst).toHaveLength(4);
    expect(await archivedIn(shard)).toEqual(sorted([...events, ...more].map(eventIdOf)));
  });

  test("at any moment of a seal, while views arrive, leaves every event in the archive once", async () => {
    const shard = first + 10;
    const source = `any-${way}`;
    const events: ViewEvent[] = [];
    for (let round = 0; round < 12; round += 1) {
      const some = viewsOf(shard, 5);
      events.push(...some);
      await tallyOf(shard).append(chunkOf({ source, events: some, row: round + 1 }));
      const sealing = tallyOf(shard)
        .seal(HOUR, round + 1)
        .then(() => "sealed", String);
      for (let turn = 0; turn < round * 2; turn += 1) await scheduler.wait(0);
      await die();
      await sealing;
    }
    expect(await tallyOf(shard).seal(HOUR, 99)).toMatchObject({ status: "sealed", through: 12 });
    expect(await archivedIn(shard)).toEqual(sorted(events.map(eventIdOf)));
  });
});

/** Frames of a format of the future: bytes without work. */
const padding = (bytes: number): Uint8Array => {
  const frame = new Uint8Array(32 * 1024);
  new DataView(frame.buffer).setUint16(0, frame.length - 2);
  frame[4] = 9;
  const frames = new Uint8Array(Math.ceil(bytes / frame.length) * frame.length);
  for (let at = 0; at < frames.length; at += frame.length) frames.set(frame, at);
  return frames;
};

test("as soon as enough is waiting the alarm archives it, without a seal, and then rests", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const tally = tallyOf(890);
  const source = "collector:TST:0:full";
  const events = viewsOf(890, 3);
  await tally.append(chunkOf({ source, events }));
  await saveTally(tally);
  expect(await objectsOf(890)).toEqual(new Map());
  for (let row = 2; row <= 6; row += 1) {
    const rows = encodeRows([{ id: row, frames: padding(ARCHIVE_RANGE_BYTES / 5) }]);
    await tally.append({ source, follows: row - 1, floor: 1, through: row, rows });
  }
  await saveTally(tally);
  errors.mockRestore();
  const status = await tally.status();
  if ("restoring" in status) throw new Error("nothing was lost");
  const { position, archived, unarchivedBytes } = status;
  // What is above a range's size waits for the next one.
  expect(archived).toBe(position - 1);
  expect(unarchivedBytes).toBeLessThan(ARCHIVE_RANGE_BYTES);
  await untilSlotEnds(tally);
  expect(await archivedIn(890)).toEqual(sorted(events.map(eventIdOf)));
  const spoilt = [...(await objectsOf(890)).keys()].filter((it) => it.startsWith("raw-unread"));
  expect(spoilt).toHaveLength(1);
});
