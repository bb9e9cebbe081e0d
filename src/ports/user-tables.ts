import type { StreamId } from "../core/ids.ts";
import type { AuditEntry } from "./audit-entry.ts";

/** Somebody as one stream's room knows them. */
export interface StreamVisitor {
  readonly stream: StreamId;
  /** The key under the room's salt. */
  readonly visitor: string;
}

/** By which a saved session is found. */
export interface SavedSession {
  /** UTC day it began on, as a number: 20261121. */
  readonly startedDay: number;
  readonly session: string;
  readonly stream: string;
  /** Ms. */
  readonly startedAt: number;
}

/** All that the database has of a user. */
export interface UserDeletion {
  readonly user: string;
  readonly sessions: readonly SavedSession[];
  /** Of the path under which the user was put: answers to those requests are kept by it. */
  readonly pathHash: string;
  /** Says who deleted whom, and nothing else. */
  readonly audit: AuditEntry;
}

/** What has to be found and deleted of one user. Every write is safe to repeat. */
export interface UserTables {
  /**
   * Streams that are live, or ended at `endedSince` or later, in the order of their ids.
   * @param endedSince ms
   * @param after the last one of the page before; absent: from the beginning
   */
  recentStreams(
    endedSince: number,
    after: StreamId | undefined,
    limit: number,
  ): Promise<readonly StreamId[]>;
  /** All that is saved of them, in any order. */
  sessionsOf(visitors: readonly StreamVisitor[]): Promise<readonly SavedSession[]>;
  deleteSessions(sessions: readonly SavedSession[]): Promise<void>;
  /**
   * Deletes the user and the sessions; broadcasters lose their user, entries of what was done to the user their
   * detail, and answers kept for repeated requests go. All of it and the audit entry, or nothing.
   */
  deleteUser(deletion: UserDeletion): Promise<{ readonly registered: boolean }>;
}
