import type { ContentId } from "../core/ids.ts";
import type { ContentRange } from "../core/views/finalise.ts";
import type { Cell, CellKey, CellRow, SavedLedger, TotalRow } from "../core/views/ledger.ts";
import type { Alarm } from "./alarm.ts";
import type { ArchiveStore } from "./archive-store.ts";
import type { ExpiryStore } from "./expiry-store.ts";
import type { HourStore } from "./hour-store.ts";
import type { LogEntry } from "./log-entry.ts";
import type { PublishStore } from "./publish-store.ts";
import type { RestoreStore } from "./restore-store.ts";
import type { SlotStore } from "./slot-store.ts";
import type { SuspicionStore } from "./suspicion-store.ts";
import type { TallyDays } from "./tally-days.ts";

/** State that moves with each chunk; saved beside the log entry it belongs to. */
export interface Advance {
  readonly source: string;
  /** Last row taken from the source. */
  readonly mark: number;
  /** Ms; only rises. */
  readonly horizon: number;
}

/** Changes since a flush, in an order that pages: by version, then key. */
export interface ChangePage<Row> {
  /** The last row of the page before. */
  readonly after: Row | undefined;
  /** Versions above this one, up to and including `through`. */
  readonly above: number;
  readonly through: number;
  readonly limit: number;
}

/** Where in the log an event may be, by its times. */
export interface LogQuery {
  readonly above: number;
  readonly through: number;
  /** No younger than the event was issued, ms. */
  readonly newestFrom: number;
  /** After this nobody confirmed it, ms: an entry whose first event was, has it not. */
  readonly acceptedBefore: number;
}

/** A Tally's SQLite. Writes inside `atomically` commit together or not at all. */
export interface TallyStore extends SavedLedger {
  readonly days: TallyDays;
  readonly expiry: ExpiryStore;
  readonly restore: RestoreStore;
  readonly alarm: Alarm;
  readonly archive: ArchiveStore;
  readonly hours: HourStore;
  readonly publish: PublishStore;
  readonly suspicions: SuspicionStore;
  readonly slots: SlotStore;
  /** Unix ms at which the storage was born. */
  generation(): number;
  horizon(): number;
  /** Position up to which cells and totals are saved. */
  checkpoint(): number;
  mark(source: string): number | undefined;
  advance(advance: Advance): void;
  /** @param newestAt largest event time in the entry, ms */
  appendEntry(entry: LogEntry, newestAt: number): void;
  entriesAbove(position: number): Iterable<LogEntry>;
  /** Entries that hold an event of `fromMs` or later, in any order. */
  entriesSince(fromMs: number): Iterable<LogEntry>;
  /** Entries that may hold an event, in ascending order. */
  entriesOf(query: LogQuery): Iterable<LogEntry>;
  saveLedger(position: number, cells: readonly CellRow[], totals: readonly TotalRow[]): void;
  /** Version up to which everything is in the database. */
  flushed(): number;
  saveFlushed(version: number): void;
  changedCells(page: ChangePage<CellRow>): readonly CellRow[];
  changedTotals(page: ChangePage<TotalRow>): readonly TotalRow[];
  /**
   * Hours before this one are being closed or are closed: nothing may change their cells any more. Only rises.
   * 0 before the first closing.
   */
  closing(): number;
  /** @param horizon ms; saved beside it, so that no event of these hours can be counted again */
  saveClosing(through: number, horizon: number): void;
  /** Hours before this one have no cells, and the database has their closed values. */
  closed(): number;
  saveClosed(through: number): void;
  /** Cells of hours before `before` in the order of (hour, content), at most `limit`. */
  oldestCells(before: number, limit: number): readonly CellRow[];
  /** Deletes this cell and all that come before it in the order of (hour, content). */
  deleteCellsThrough(last: CellKey): void;
  cellsOf(hour: number, range: ContentRange): ReadonlyMap<ContentId, Cell>;
  /** Size of everything stored. */
  bytes(): number;
  atomically<T>(work: () => T): T;
  /** Resolves when everything written so far is on disk; others get a turn meanwhile. */
  durable(): Promise<void>;
}
