import { RESTORE_PAGE_OBJECTS, RESTORE_PAGE_ROWS, RESTORE_PARALLEL } from "../../core/limits.ts";
import { readStamp } from "../../core/stamp.ts";
import { mayHoldLostViews } from "../../core/views/lost-tail.ts";
import type { CellRecord } from "../../ports/database.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import {
  coverageOf,
  decodeIndexLine,
  formatRawName,
  type IndexEntry,
  indexPrefix,
  parseRawName,
} from "../../protocol/raw-names.ts";
import { inParallel } from "../in-parallel.ts";
import type { RestoreTallyDeps } from "./restore-tally.ts";

/** What was restored carries the first position of the new log, so that its stamps are newer than the database's. */
const RESTORED = 1;

/** Each step reads a page and saves it together with where it got to. @returns whether it was the last one */
export const loadIndex = async (deps: RestoreTallyDeps): Promise<boolean> => {
  const { shard, store, rawLog, clock } = deps;
  const listed = await rawLog.list(indexPrefix(shard), store.restore.cursor() || undefined);
  const names = listed.slice(0, RESTORE_PAGE_OBJECTS);
  const last = names.at(-1);
  if (last === undefined) return true;
  const ranges = await inParallel(names, RESTORE_PARALLEL, async (name) => {
    const objects = await readIndex(rawLog, name);
    // Without it the range is a hole, and hours with views in it keep what the database has.
    if (objects === undefined) deps.log.error("tally.index-unreadable", { tally: deps.name, name });
    return { name, objects };
  });
  store.atomically(() => {
    for (const { name, objects } of ranges) {
      const parsed = parseRawName(name);
      if (objects === undefined || parsed === undefined) continue;
      const unreadable = formatRawName({ ...parsed, kind: "unreadable" });
      store.restore.addRange(name, unreadable, objects, clock.now());
    }
    store.restore.saveCursor(last);
  });
  return false;
};

/** @returns `undefined` when it is not there, or says what nobody understands */
const readIndex = async (
  rawLog: RawLog,
  name: string,
): Promise<readonly IndexEntry[] | undefined> => {
  const batches = await rawLog.read(name);
  if (batches === undefined) return undefined;
  const entries: (IndexEntry | undefined)[] = [];
  for await (const lines of batches) entries.push(...lines.map(decodeIndexLine));
  const sound = entries.filter((entry) => entry !== undefined);
  return sound.length === entries.length ? sound : undefined;
};

export const loadTotals = async ({ shard, store, shards }: RestoreTallyDeps): Promise<boolean> => {
  const cursor = store.restore.cursor();
  const after = cursor === "" ? undefined : (JSON.parse(cursor) as Pick<CellRecord, "content">);
  const page = await shards.totals(shard, after, RESTORE_PAGE_ROWS);
  store.atomically(() => {
    for (const { start, restated, closed, ...total } of page) {
      const views = start + restated + closed;
      store.restore.addTotal({ ...total, start, restated, closed, views, version: RESTORED });
    }
    saveCursor(store, page.at(-1));
  });
  return page.length < RESTORE_PAGE_ROWS;
};

/** @param from ms; older cells are closed */
export const loadCells = async (
  { shard, store, shards, clock }: RestoreTallyDeps,
  from: number | undefined,
): Promise<boolean> => {
  const cursor = store.restore.cursor();
  const after =
    cursor === "" ? undefined : (JSON.parse(cursor) as Pick<CellRecord, "content" | "hour">);
  const page = await shards.cells(shard, after, RESTORE_PAGE_ROWS, from);
  const archived = coverageOf(store.restore.ranges());
  store.atomically(() => {
    for (const { content, hour, views, final, stamp } of page) {
      store.restore.addCell({ content, hour, counted: views, version: RESTORED, final });
      const isLost = mayHoldLostViews(archived, readStamp(stamp), final, clock.now());
      if (isLost) store.restore.addIncomplete(hour);
    }
    saveCursor(store, page.at(-1));
  });
  return page.length < RESTORE_PAGE_ROWS;
};

const saveCursor = (
  { restore }: RestoreTallyDeps["store"],
  last: (Pick<CellRecord, "content"> & { readonly hour?: number }) | undefined,
): void => {
  if (last !== undefined)
    restore.saveCursor(JSON.stringify({ content: last.content, hour: last.hour }));
};

/**
 * The restored position is in the raw log as an empty range: positions are without a hole from the first one on, and
 * what correction seals lies at or above it.
 * @returns what is to be saved when the restored hours are handed to correction
 */
export const settleRestored = async ({
  shard,
  store,
  rawLog,
  clock,
}: RestoreTallyDeps): Promise<() => void> => {
  const range = { generation: store.generation(), from: RESTORED, to: RESTORED };
  const index = formatRawName({ kind: "index", shard, ...range });
  await rawLog.put(index, []);
  return () => {
    const archivedAt = clock.now();
    const closedThrough = store.restore.closedThrough();
    store.archive.complete({ to: RESTORED, index, archivedAt, objects: [], unreadable: undefined });
    store.restore.settle({ position: RESTORED, closedThrough });
  };
};
