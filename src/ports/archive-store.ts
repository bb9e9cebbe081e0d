import type { ArchivedObject } from "../protocol/correction-rpc.ts";
import type { LogEntry } from "./tally-store.ts";

/** Positions of the log, both included. */
export interface LogRange {
  readonly from: number;
  readonly to: number;
}

/** What a range of the log became. */
export interface ArchivedRange {
  readonly to: number;
  /** Name of the object that lists the others. */
  readonly index: string;
  /** Ms. */
  readonly archivedAt: number;
  readonly objects: readonly (ArchivedObject & { readonly hour: number })[];
  /** Name of the object with the frames that nothing reads, if there are any. */
  readonly unreadable: string | undefined;
}

/** A correction run that has yet to see what came above the position it reads up to. */
export interface HeldLog {
  readonly through: number;
  /** Since when, ms. */
  readonly since: number;
}

/** The part of a Tally's SQLite that knows what of its log lies in the archive, and what the log still holds. */
export interface ArchiveStore {
  /** Position up to which the log lies in the archive. */
  archived(): number;
  /** End of the range that is being archived; at or below `archived` there is none. */
  begun(): number;
  begin(to: number): void;
  /** The range that was begun lies in the archive. */
  complete(range: ArchivedRange): void;
  /** Bytes of frames that the archive does not have. */
  unarchivedBytes(): number;
  /**
   * End of the next range: of the entries above `archived` and up to `through` as many as have `maxBytes`, at least one.
   * @returns `undefined` when there are none
   */
  cut(through: number, maxBytes: number): number | undefined;
  entriesIn(range: LogRange): Iterable<LogEntry>;
  /** Of one hour, in the order of their names. */
  objectsOf(hour: number): readonly ArchivedObject[];
  held(): HeldLog | undefined;
  hold(held: HeldLog | undefined): void;
  /** Entries up to here are gone. */
  trimmed(): number;
  /**
   * Of the oldest `limit` entries, the last one before the first that lies above `through` or holds an event of
   * `fromMs` or later.
   */
  trimmable(through: number, fromMs: number, limit: number): number | undefined;
  trim(through: number): void;
}
