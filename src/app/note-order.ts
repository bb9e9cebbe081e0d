import { ORDER_AUDIT_TIMEOUT_MS } from "../core/limits.ts";
import type { AuditTables } from "../ports/audit-tables.ts";
import type { Log } from "../ports/log.ts";
import { demandWithin, type Timers } from "../ports/timers.ts";
import { type AuditDeps, auditOf } from "./audit.ts";

export interface NoteOrderDeps extends AuditDeps {
  readonly audit: Pick<AuditTables, "note">;
  readonly timers: Timers;
  readonly log: Log;
}

export interface Order {
  /** `flush`: the entry's action is `order.flush`. */
  readonly order: "flush" | "correct" | "rebuild" | "reconcile" | "replay";
  /** Absent: it is about all there is. */
  readonly subject?: string | undefined;
  readonly what?: object | undefined;
}

/** A subject that is no id of anything in particular. */
const EVERYTHING = "all";

/**
 * Keeps who gives an order, before it is given. Orders set nothing that is not so, and are what mends a service whose
 * database was away: one whose entry cannot be kept is given all the same, and the log says whose it was.
 */
export const noteOrder = async (
  deps: NoteOrderDeps,
  { order, subject = EVERYTHING, what }: Order,
): Promise<void> => {
  const entry = auditOf(deps, {
    action: `order.${order}`,
    subject,
    before: undefined,
    after: what,
  });
  try {
    await demandWithin(
      deps.audit.note(entry),
      ORDER_AUDIT_TIMEOUT_MS,
      "the audit log",
      deps.timers,
    );
  } catch (cause) {
    const { action, actor } = entry;
    deps.log.error("audit.not-kept", { action, actor, subject, cause: `${cause}` });
  }
};
