import { eq, sql } from "drizzle-orm";
import type { AuditEntry } from "../../ports/audit-entry.ts";
import { DatabaseError } from "../../ports/database.ts";
import { broadcasters, categories, users } from "../../schema/mysql/contents.ts";
import { auditLog } from "../../schema/mysql/operations.ts";
import { auditRow } from "../sql/audit-rows.ts";
import type { MySqlHandle } from "./handle.ts";

export type Transaction = Parameters<Parameters<MySqlHandle["transaction"]>[0]>[0];

const NAMES = new Map<Named, string>([
  [categories, "category"],
  [users, "user"],
  [broadcasters, "broadcaster"],
]);

/** What others refer to. */
type Named = typeof categories | typeof users | typeof broadcasters;

/**
 * What a foreign key would do. The row stays locked, so that what is named is there when what names it is.
 * @param id absent: nothing is named
 * @throws DatabaseError when there is no such row
 */
export const demand = async (
  tx: Transaction,
  table: Named,
  id: string | undefined,
): Promise<void> => {
  if (id === undefined) return;
  const [row] = await tx.select({ id: table.id }).from(table).where(eq(table.id, id)).for("update");
  if (row !== undefined) return;
  throw new DatabaseError(`the ${NAMES.get(table)} is unknown`, { transient: false });
};

export const insertAudit = async (
  tx: Pick<Transaction, "insert">,
  entry: AuditEntry,
): Promise<void> => {
  await tx
    .insert(auditLog)
    .values(auditRow(entry))
    .onDuplicateKeyUpdate({ set: { id: sql`id` } });
};
