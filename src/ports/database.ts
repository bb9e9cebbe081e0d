import type { ContentId } from "../core/ids.ts";
import type { AgeingTable, NewPartition, Partition } from "../core/partitions.ts";
import type { Stamp } from "../core/stamp.ts";

/** The store of everything that must last. Every call throws when the store fails or does not answer in time; every write is safe to repeat. */
export interface Database {
  readonly counts: CountTables;
  readonly contents: ContentTables;
  readonly jobs: JobTables;
  readonly upkeep: UpkeepTables;
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
  readonly published: number;
  /** Views of hours before `closedThrough`, ms; those of later hours are in the content's cells. Start values are in neither. */
  readonly closed: number;
  readonly closedThrough: number;
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

export interface AuditEntry {
  /** UUID: written once however often it is sent. */
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface ContentTables {
  content(id: ContentId): Promise<Content | undefined>;
  /** Writes the whole content and the audit entry, both or neither. */
  putContent(content: Content, audit: AuditEntry): Promise<void>;
  /** Saves what a page says of itself, unless the content is known already. */
  introduce(id: ContentId, page: Page, at: number): Promise<void>;
  category(id: string): Promise<{ readonly title: string } | undefined>;
  putCategory(id: string, title: string, audit: AuditEntry): Promise<void>;
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
