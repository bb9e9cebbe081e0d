import type { ContentId } from "../core/ids.ts";
import type { Stamp } from "../core/stamp.ts";

/** The store of everything that must last. Every call throws when the store fails or does not answer in time; every write is safe to repeat. */
export interface Database {
  readonly counts: CountTables;
  readonly contents: ContentTables;
  readonly jobs: JobTables;
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
  /** What failed, as JSON; empty when nothing did. */
  readonly detail: string;
}

export interface JobTables {
  record(run: JobRun): Promise<void>;
  last(job: string): Promise<JobRun | undefined>;
}
