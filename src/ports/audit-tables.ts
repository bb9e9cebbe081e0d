import type { AuditEntry } from "./audit-entry.ts";

export interface AuditQuery {
  readonly limit: number;
  /** Of what the deeds were; of everything when absent. */
  readonly subject?: string | undefined;
  /** Whose they were; everybody's when absent. */
  readonly actor?: string | undefined;
  /** Before this, ms. */
  readonly before?: number | undefined;
}

/** What operators did. Entries are written together with what they are about, by the tables that hold that. */
export interface AuditTables {
  /** Keeps the entry of a deed that changes nothing in the database. */
  note(entry: AuditEntry): Promise<void>;
  /** The youngest first. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
}
