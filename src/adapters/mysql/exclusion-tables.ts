import { and, asc, gt, isNull, lt, or } from "drizzle-orm";
import type { ExclusionTables } from "../../ports/correction-tables.ts";
import { exclusions } from "../../schema/mysql/operations.ts";
import { asExclusion } from "../sql/exclusion-rows.ts";
import type { MySqlHandle } from "./handle.ts";

/** Few enough to be looked at one by one: people make them. */
export const mysqlExclusionTables = (db: MySqlHandle): ExclusionTables => ({
  async during(from, to) {
    const { id, kind, value, content, fromAt, toAt, revokedAt } = exclusions;
    const rows = await db
      .select({ kind, value, content, fromAt, toAt })
      .from(exclusions)
      .where(and(isNull(revokedAt), lt(fromAt, to), or(isNull(toAt), gt(toAt, from))))
      .orderBy(asc(id));
    return rows.map(asExclusion);
  },
});
