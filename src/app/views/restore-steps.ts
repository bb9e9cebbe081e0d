import {
  CLOSING_LAG_MS,
  RESTORE_PAGE_OBJECTS,
  RESTORE_PAGE_ROWS,
  RESTORE_PARALLEL,
} from "../../core/limits.ts";
import { readStamp } from "../../core/stamp.ts";
import { mayHoldLostViews } from "../../core/views/lost-tail.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CellRecord, ShardTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { PublishProgress } from "../../ports/publish-store.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import {
  type Coverage,
  decodeIncompleteLine,
  decodeIndexLine,
  encodeIncompleteLine,
  formatRawName,
  type IndexEntry,
  indexPrefix,
  parseRawName,
} from "../../protocol/raw-names.ts";
import { inParallel } from "../in-parallel.ts";

export interface RestoreStepDeps {
  readonly shard: number;
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly store: TallyStore;
  readonly rawLog: RawLog;
  readonly shards: ShardTables;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was restored carries the first position of the new log, so that its stamps are newer than the database's. */
const RESTORED = 1;

/** Each step reads a page and saves it together with where it got to. @returns whether it was the last one */
export const loadIndex = async (deps: RestoreStepDeps): Promise<boolean> => {
  const { shard, store, rawLog, clock } = deps;
  const listed = await rawLog.list(indexPrefix(shard), store.restore.cursor() || undefined);
  const names = listed.slice(0, RESTORE_PAGE_OBJECTS);
  const last = names.at(-1);
  if (last === undefined) return true;
  const ranges = await inParallel(names, RESTORE_PARALLEL, async (name) => {
    const index = await readIndex(rawLog, name);
    // Without it the range is a hole, and hours with views in it keep what the database has.
    if (index === undefined) deps.log.error("tally.index-unreadable", { tally: deps.name, name });
    return { name, index };
  });
  store.atomically(() => {
    for (const { name, index } of ranges) {
      const parsed = parseRawName(name);
      if (index === undefined || parsed === undefined) continue;
      const unreadable = formatRawName({ ...parsed, kind: "unreadable" });
      store.restore.addRange(name, unreadable, index.objects, clock.now());
      for (const hour of index.incomplete) store.restore.addIncomplete(hour);
    }
    store.restore.saveCursor(last);
  });
  return false;
};

interface RangeIndex {
  readonly objects: readonly IndexEntry[];
  /** Hours that an earlier restore found incomplete. */
  readonly incomplete: readonly number[];
}

/** @returns `undefined` when it is not there, or says what nobody understands */
const readIndex = async (rawLog: RawLog, name: string): Promise<RangeIndex | undefined> => {
  const batches = await rawLog.read(name);
  if (batches === undefined) return undefined;
  const objects: IndexEntry[] = [];
  const incomplete: number[] = [];
  for await (const lines of batches) {
    for (const line of lines) {
      const entry = decodeIndexLine(line);
      const hour = decodeIncompleteLine(line);
      if (entry !== undefined) objects.push(entry);
      else if (hour !== undefined) incomplete.push(hour);
      else return undefined;
    }
  }
  return { objects, incomplete };
};

export const loadTotals = async ({ shard, store, shards }: RestoreStepDeps): Promise<boolean> => {
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

/** @param archived what the indexes say, once they are loaded */
export const loadCells = async (
  { shard, store, shards, clock }: RestoreStepDeps,
  archived: readonly Coverage[],
): Promise<boolean> => {
  const cursor = store.restore.cursor();
  const after =
    cursor === "" ? undefined : (JSON.parse(cursor) as Pick<CellRecord, "content" | "hour">);
  const page = await shards.cells(shard, after, RESTORE_PAGE_ROWS, oldestOpen(store));
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

/** Cells of older hours are in closed values, whatever else the database keeps of them. */
const oldestOpen = ({ restore }: RestoreStepDeps["store"]): number | undefined => {
  const closedThrough = restore.closedThrough();
  return closedThrough === 0 ? undefined : closedThrough - CLOSING_LAG_MS;
};

const saveCursor = (
  { restore }: RestoreStepDeps["store"],
  last: (Pick<CellRecord, "content"> & { readonly hour?: number }) | undefined,
): void => {
  if (last !== undefined)
    restore.saveCursor(JSON.stringify({ content: last.content, hour: last.hour }));
};

/**
 * The restored position is in the raw log as a range without events: positions are without a hole from the first one
 * on, and what correction seals lies at or above it. Its index names the incomplete hours: to whoever restores next,
 * what the database then has of them looks as if it were archived.
 * @returns what is to be saved when the restored hours are handed to correction
 */
export const settleRestored = async ({
  shard,
  store,
  rawLog,
  clock,
}: RestoreStepDeps): Promise<() => void> => {
  const range = { generation: store.generation(), from: RESTORED, to: RESTORED };
  const index = formatRawName({ kind: "index", shard, ...range });
  const closedThrough = store.restore.closedThrough();
  const incomplete = store.atomically(() => store.restore.findIncomplete(closedThrough));
  await rawLog.put(index, incomplete.map(encodeIncompleteLine));
  return () => {
    const archivedAt = clock.now();
    store.archive.complete({ to: RESTORED, index, archivedAt, objects: [], unreadable: undefined });
    store.restore.settle({ position: RESTORED, closedThrough });
    store.publish.saveProgress(ALL_OWED);
  };
};

/**
 * The lost storage may have told the read model numbers that went with it, of any content: what is there is not only
 * incomplete but may be wrong, so none is left out. Saved also where objects answer readers themselves: a read model
 * that is chosen again may still have them.
 */
const ALL_OWED: PublishProgress = {
  through: 0,
  lostAt: 0,
  incarnation: undefined,
  call: 0,
  changedAt: 0,
};
