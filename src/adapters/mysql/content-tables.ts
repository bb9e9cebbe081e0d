import { eq, inArray, sql } from "drizzle-orm";
import type { ContentTables } from "../../ports/database.ts";
import { categories, contents } from "../../schema/mysql/contents.ts";
import { asContent } from "../sql/registry-rows.ts";
import { selectInBatches } from "../sql/row-table.ts";
import type { MySqlHandle } from "./handle.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";
import { demand, insertAudit } from "./within-transaction.ts";

/** A change and its audit row are one transaction: both or neither. */
export const mysqlContentTables = (db: MySqlHandle): ContentTables => ({
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
    const { category } = content;
    const values = {
      title: content.title ?? null,
      url: content.url ?? null,
      category: category ?? null,
      startViews: content.startViews,
      origin: "operator" as const,
      updatedAt: audit.at,
    };
    await db.transaction(async (tx) => {
      await demand(tx, categories, category);
      await tx
        .insert(contents)
        .values({ id: content.id, createdAt: audit.at, ...values })
        .onDuplicateKeyUpdate({ set: values });
      await insertAudit(tx, audit);
    });
  },

  async introduce(id, { title, url }, at) {
    await db
      .insert(contents)
      .values({ id, title, url, origin: "page", createdAt: at, updatedAt: at })
      .onDuplicateKeyUpdate({ set: { id: sql`id` } });
  },

  async category(id) {
    const [row] = await db.select().from(categories).where(eq(categories.id, id));
    return row;
  },

  async putCategory(id, title, audit) {
    await db.transaction(async (tx) => {
      await tx.insert(categories).values({ id, title }).onDuplicateKeyUpdate({ set: { title } });
      await insertAudit(tx, audit);
    });
  },
});
