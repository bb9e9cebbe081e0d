import type { Scope } from "../protocol/scopes.ts";
import type { AuditEntry } from "./audit-entry.ts";

/** A key by name; the key itself is kept nowhere. */
export interface AccessKey {
  readonly name: string;
  /** SHA-256 of the key, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** The row stays, so that the audit log's names mean somebody. */
  readonly revoked: boolean;
  /** Ms. */
  readonly createdAt: number;
  /** Ms, and larger with every change: of two puts the later one stays. */
  readonly updatedAt: number;
}

export interface AccessKeyTables {
  /** Those that are not revoked, the oldest first. */
  standing(limit: number): Promise<readonly AccessKey[]>;
  /** All of them, in the order of their names. */
  list(limit: number): Promise<readonly AccessKey[]>;
  find(name: string): Promise<AccessKey | undefined>;
  /**
   * Writes the whole key and the audit entry, both or neither; `createdAt` stays that of the first. Changes nothing when
   * there is a row as young or younger: a put that comes late does not undo what was decided after it.
   * @returns the key as it is then
   */
  put(key: Omit<AccessKey, "revoked">, audit: AuditEntry): Promise<AccessKey>;
  /** Revokes it, and keeps the audit entry; neither when it is so already. @returns the key as it is then; `undefined`: there is none */
  revoke(name: string, at: number, audit: AuditEntry): Promise<AccessKey | undefined>;
}
