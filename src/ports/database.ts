import type { ContentId, StreamId } from "../core/ids.ts";
import type { LiveDay, LiveSample } from "../core/live/lasting.ts";
import type { AgeingTable, NewPartition, Partition } from "../core/partitions.ts";
import type { Stamp } from "../core/stamp.ts";
import type { LiveNumbers } from "../protocol/room-rpc.ts";
import type { AccessKeyTables } from "./access-key-tables.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { AuditTables } from "./audit-tables.ts";
import type { CorrectionTables, ExclusionTables } from "./correction-tables.ts";
import type { IdempotencyTables } from "./idempotency.ts";
import type { StatisticsTables } from "./statistics-tables.ts";
import type { SuspicionTables } from "./suspicion-tables.ts";
import type { UserTables } from "./user-tables.ts";

/** The store of everything that must last. Every call throws a `DatabaseError` when the store fails or does not answer in time; every write is safe to repeat. */
export interface Database {
  readonly counts: CountTables;
  readonly shards: ShardTables;
  readonly statistics: StatisticsTables;
  readonly corrections: CorrectionTables;
  readonly exclusions: ExclusionTables;
  readonly suspicions: SuspicionTables;
  readonly audit: AuditTables;
  readonly idempotency: IdempotencyTables;
  readonly contents: ContentTables;
  readonly registry: RegistryTables;
  readonly streams: StreamTables;
  readonly users: UserTables;
  readonly jobs: JobTables;
  readonly upkeep: UpkeepTables;
  readonly keys: AccessKeyTables;
}

/** The store said no, or nothing. Its message holds no statement and no values. */
export class DatabaseError extends Error {
  /** Worth another try: it was busy, away or slow. */
  readonly transient: boolean;

  constructor(message: string, options: { readonly transient: boolean; readonly cause?: unknown }) {
    const { transient, cause } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "DatabaseError";
    this.transient = transient;
  }
}

export interface CellRecord {
  readonly content: ContentId;
  /** Start of the UTC hour, ms. */
  readonly hour: number;
  readonly shard: number;
  readonly views: number;
  /** Correction has settled the hour. */
  readonly final: boolean;
  readonly stamp: Stamp;
}

export interface TotalRecord {
  readonly content: ContentId;
  readonly shard: number;
  /** Views of all hours before `closedThrough`, whose cells may be gone; start values are not among them. */
  readonly closed: number;
  /** Start of a UTC hour, ms. */
  readonly closedThrough: number;
  readonly published: number;
  /** Views brought along from elsewhere; kept at the content's first home. */
  readonly start: number;
  /** What operators added to the truth, below 0 what they took from it; there too. */
  readonly restated: number;
  readonly stamp: Stamp;
}

/** Written by the Tallies alone: absolute values, of which the one with the larger stamp stays. */
export interface CountTables {
  /** @returns statements it took */
  saveCells(rows: readonly CellRecord[]): Promise<number>;
  /** @returns statements it took */
  saveTotals(rows: readonly TotalRecord[]): Promise<number>;
  /** All shards' parts of the contents. */
  totals(contents: readonly ContentId[]): Promise<readonly TotalRecord[]>;
  /** All shards' cells of a content whose hours begin in `from <= hour < to`, ms; in the order of hour and shard. */
  hours(content: ContentId, from: number, to: number): Promise<readonly CellRecord[]>;
}

/**
 * All that the database has of one shard, for a Tally whose storage was lost. Pages are in the order of their key and
 * begin behind `after`, the last row of the page before: a row that is there throughout is told once, whatever is
 * written meanwhile. A page with fewer rows than `limit` is the last.
 */
export interface ShardTables {
  /**
   * In the order of content and hour.
   * @param from only cells of hours that begin then or later, ms; all when absent
   */
  cells(
    shard: number,
    after: Pick<CellRecord, "content" | "hour"> | undefined,
    limit: number,
    from?: number,
  ): Promise<readonly CellRecord[]>;
  /** In the order of content. */
  totals(
    shard: number,
    after: Pick<TotalRecord, "content"> | undefined,
    limit: number,
  ): Promise<readonly TotalRecord[]>;
}

export interface CurrentViewers extends Omit<LiveNumbers, "stream"> {
  readonly stream: string;
}

export interface ViewerSample extends LiveSample {
  readonly stream: string;
  readonly broadcaster: string;
  readonly stamp: Stamp;
}

/** From a visitor's first connection to a stream to the last. */
export interface ViewerSession {
  /** UTC day it began on, as a number: 20261121. */
  readonly startedDay: number;
  readonly session: string;
  readonly stream: string;
  readonly visitor: string;
  /** Ms. */
  readonly startedAt: number;
  /** Ms; null while it is open. */
  readonly endedAt: number | null;
  readonly stamp: Stamp;
}

export interface StreamDay extends LiveDay {
  readonly stream: string;
  readonly broadcaster: string;
  readonly stamp: Stamp;
}

export interface RankedStream {
  readonly stream: string;
  readonly viewers: number;
  readonly startedAt: number;
}

/** Written by the streams' Rooms alone: absolute values, of which the one with the larger stamp stays. The saves answer the statements they took. */
export interface StreamTables {
  saveCurrent(rows: readonly CurrentViewers[]): Promise<number>;
  saveHistory(rows: readonly ViewerSample[]): Promise<number>;
  saveSessions(rows: readonly ViewerSession[]): Promise<number>;
  saveDays(rows: readonly StreamDay[]): Promise<number>;
  /** Live streams, the most viewers first, then the youngest. @param category all of them when absent */
  ranking(limit: number, category?: string): Promise<readonly RankedStream[]>;
  /** Samples of `from <= recordedAt < to`, ms, in their order. */
  history(stream: string, from: number, to: number): Promise<readonly ViewerSample[]>;
  /** The same of all of a broadcaster's streams, those of one moment as one: their viewers together, the peak of the one with the highest. */
  broadcasterHistory(broadcaster: string, from: number, to: number): Promise<readonly LiveSample[]>;
  /** The last numbers that were saved of each, in any order; of a stream without any there is none. */
  currents(streams: readonly string[]): Promise<readonly CurrentViewers[]>;
  /** Days of `from <= day < to`, as numbers (20261121), in their order. */
  days(stream: string, from: number, to: number): Promise<readonly StreamDay[]>;
  /** The same of all of a broadcaster's streams, a day as one: the peak of the one with the highest, of all else the sums. */
  broadcasterDays(broadcaster: string, from: number, to: number): Promise<readonly LiveDay[]>;
}

export interface Stream {
  readonly id: StreamId;
  readonly broadcaster: string;
  readonly category?: string | undefined;
  readonly title: string;
  readonly status: "planned" | "live" | "ended";
  readonly visibility: "public" | "private";
  readonly expectedViewers: number;
  /** Ms. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

export interface RegistryTables {
  stream(id: StreamId): Promise<Stream | undefined>;
}

export interface Page {
  readonly title?: string | undefined;
  readonly url?: string | undefined;
}

export interface Content extends Page {
  readonly id: ContentId;
  readonly category?: string | undefined;
  /** Views brought along from elsewhere. */
  readonly startViews: number;
}

export interface ContentTables {
  content(id: ContentId): Promise<Content | undefined>;
  /** Those of them that are known, in any order. */
  findContents(ids: readonly ContentId[]): Promise<readonly Content[]>;
  /** Writes the whole content and the audit entry, both or neither. */
  putContent(content: Content, audit: AuditEntry): Promise<void>;
  /** Saves what a page says of itself, unless the content is known already. */
  introduce(id: ContentId, page: Page, at: number): Promise<void>;
  category(id: string): Promise<{ readonly title: string } | undefined>;
  putCategory(id: string, title: string, audit: AuditEntry): Promise<void>;
}

export interface User {
  readonly id: string;
  readonly name?: string | undefined;
}

export interface Broadcaster {
  readonly id: string;
  readonly name: string;
  /** Who is behind it, where that is somebody known. */
  readonly user?: string | undefined;
}

/** What an operator says of a stream. */
export interface StreamEntry {
  readonly id: StreamId;
  readonly broadcaster: string;
  readonly category?: string | undefined;
  readonly title: string;
  readonly visibility: "public" | "private";
  /** Viewers the site expects, so that room can be made beforehand. */
  readonly expectedViewers: number;
}

export interface Stream extends StreamEntry {
  readonly status: "planned" | "live" | "ended";
  /** Ms; of the last start. */
  readonly startedAt?: number | undefined;
  /** Ms; absent unless it has ended. */
  readonly endedAt?: number | undefined;
}

/**
 * Whose streams there are. A put writes the whole and the audit entry, both or neither, and is refused when it names
 * somebody or something unknown.
 */
export interface RegistryTables {
  user(id: string): Promise<User | undefined>;
  putUser(user: User, audit: AuditEntry): Promise<void>;
  broadcaster(id: string): Promise<Broadcaster | undefined>;
  putBroadcaster(broadcaster: Broadcaster, audit: AuditEntry): Promise<void>;
  stream(id: StreamId): Promise<Stream | undefined>;
  /** Those of them that there are, in any order. */
  findStreams(ids: readonly StreamId[]): Promise<readonly Stream[]>;
  /** A new stream is planned; of one that there is, status and times stay. */
  putStream(stream: StreamEntry, audit: AuditEntry): Promise<void>;
  /**
   * Makes a stream live, and one that has ended live anew. Changes nothing, and leaves no audit entry, when it is live
   * already or has ended after `at`: an order that comes late does not undo a later one.
   * @param at ms
   * @returns the stream as it is then; `undefined` when it is unknown
   */
  startStream(id: StreamId, at: number, audit: AuditEntry): Promise<Stream | undefined>;
  /** The same for the end; a planned stream ends too, without having been live. */
  endStream(id: StreamId, at: number, audit: AuditEntry): Promise<Stream | undefined>;
}

export interface JobRun {
  readonly id: string;
  readonly job: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly rows: number;
  readonly statements: number;
  readonly failures: number;
  /** What failed and what is left to do, as JSON; empty when nothing is. */
  readonly detail: string;
}

export interface JobTables {
  record(run: JobRun): Promise<void>;
  last(job: string): Promise<JobRun | undefined>;
  /** The last run in which nothing failed: all that it had to bring to the database is there. */
  lastWhole(job: string): Promise<JobRun | undefined>;
  /** Runs of a job, the youngest first. */
  recent(job: string, limit: number): Promise<readonly JobRun[]>;
}

/** Done, also where it had been done before; or the store does not let us change tables. */
export type TableChange = "done" | "refused";

/** Room ahead for the tables that age, and an end for what is too old. */
export interface UpkeepTables {
  /** In ascending order, the catch-all last; `undefined` where the store has no partitions. */
  partitions(table: AgeingTable): Promise<readonly Partition[] | undefined>;
  /**
   * Cuts the catch-all.
   * @param add in ascending order, all above what there is
   */
  addPartitions(table: AgeingTable, add: readonly NewPartition[]): Promise<TableChange>;
  dropPartition(table: AgeingTable, name: string): Promise<TableChange>;
  /**
   * Deletes rows whose time is below the bound, at most `limit`.
   * @param below in the unit of the table's time column
   * @returns how many were deleted
   */
  deleteBefore(table: AgeingTable, below: number, limit: number): Promise<number>;
}
