import { and, asc, gt, isNull, lt, or } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { ExclusionTables } from "../../ports/correction-tables.ts";
import { exclusions } from "../../schema/d1/operations.ts";
import { asExclusion } from "../sql/exclusion-rows.ts";

/** Few enough to be looked at one by one: people make them. */
export const d1ExclusionTables = (db: DrizzleD1Database): ExclusionTables => ({
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
