import type { ExclusionRecord, ExclusionTables } from "../../src/ports/correction-tables.ts";
import type { AuditEntry } from "../../src/ports/database.ts";

/** Decisions and what was kept of the deeds, in memory. */
export class MemoryExclusions implements ExclusionTables {
  readonly records = new Map<string, ExclusionRecord>();
  readonly audit: AuditEntry[] = [];

  async during(from: number, to: number) {
    return [...this.records.values()].filter(
      ({ fromAt, toAt = Number.POSITIVE_INFINITY, revoked }) =>
        revoked === undefined && fromAt < to && toAt > from,
    );
  }

  async find(id: string) {
    return this.records.get(id);
  }

  async put(record: ExclusionRecord, audit: AuditEntry) {
    if (this.records.has(record.id)) return;
    this.records.set(record.id, record);
    this.audit.push(audit);
  }

  async revoke(id: string, revoked: NonNullable<ExclusionRecord["revoked"]>, audit: AuditEntry) {
    const record = this.records.get(id);
    if (record === undefined || record.revoked !== undefined) return record;
    const taken = { ...record, revoked };
    this.records.set(id, taken);
    this.audit.push(audit);
    return taken;
  }

  async list() {
    return [...this.records.values()].toReversed();
  }
}
