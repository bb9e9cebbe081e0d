import { eq, inArray } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { ContentTables } from "../../ports/database.ts";
import { categories, contents } from "../../schema/d1/contents.ts";
import { asContent } from "../sql/registry-rows.ts";
import { selectInBatches } from "../sql/row-table.ts";
import { insertAudit } from "./audit.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";

/** D1's `batch` is one transaction: a change and its audit row, both or neither. */
export const d1ContentTables = (db: DrizzleD1Database): ContentTables => ({
  async content(id) {
    const [row] = await db.select().from(contents).where(eq(contents.id, id));
    return row && asContent(row);
  },

  async findContents(ids) {
    const rows = await selectInBatches(ids, IDS_PER_STATEMENT, (batch) =>
      db.select().from(contents).where(inArray(contents.id, batch)),
    );
    return rows.map(asContent);
  },

  async putContent(content, audit) {
    const values = {
      title: content.title ?? null,
      url: content.url ?? null,
      category: content.category ?? null,
      startViews: content.startViews,
      origin: "operator" as const,
      updatedAt: audit.at,
    };
    await db.batch([
      db
        .insert(contents)
        .values({ id: content.id, createdAt: audit.at, ...values })
        .onConflictDoUpdate({ target: contents.id, set: values }),
      insertAudit(db, audit),
    ]);
  },

  async introduce(id, { title, url }, at) {
    await db
      .insert(contents)
      .values({ id, title, url, origin: "page", createdAt: at, updatedAt: at })
      .onConflictDoNothing();
  },

  async category(id) {
    const [row] = await db.select().from(categories).where(eq(categories.id, id));
    return row;
  },

  async putCategory(id, title, audit) {
    await db.batch([
      db
        .insert(categories)
        .values({ id, title })
        .onConflictDoUpdate({ target: categories.id, set: { title } }),
      insertAudit(db, audit),
    ]);
  },
});
