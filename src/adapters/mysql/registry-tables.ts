import { and, eq, inArray } from "drizzle-orm";
import type { StreamId } from "../../core/ids.ts";
import type { AuditEntry } from "../../ports/audit-entry.ts";
import type { RegistryTables, Stream } from "../../ports/database.ts";
import { broadcasters, categories, streams, users } from "../../schema/mysql/contents.ts";
import { asBroadcaster, asStream, asUser } from "../sql/registry-rows.ts";
import { selectInBatches } from "../sql/row-table.ts";
import { endAt, type StreamChange, startAt } from "../sql/stream-changes.ts";
import type { MySqlHandle } from "./handle.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";
import { demand, insertAudit } from "./within-transaction.ts";

/** There are no foreign keys: a put looks for what it names, and locks it until it is done. */
export const mysqlRegistryTables = (db: MySqlHandle): RegistryTables => ({
  async user(id) {
    const [row] = await db.select().from(users).where(eq(users.id, id));
    return row && asUser(row);
  },

  async putUser(user, audit) {
    const values = { name: user.name ?? null, updatedAt: audit.at };
    await db.transaction(async (tx) => {
      await tx
        .insert(users)
        .values({ id: user.id, createdAt: audit.at, ...values })
        .onDuplicateKeyUpdate({ set: values });
      await insertAudit(tx, audit);
    });
  },

  async broadcaster(id) {
    const [row] = await db.select().from(broadcasters).where(eq(broadcasters.id, id));
    return row && asBroadcaster(row);
  },

  async putBroadcaster({ id, name, user }, audit) {
    const values = { name, user: user ?? null, updatedAt: audit.at };
    await db.transaction(async (tx) => {
      await demand(tx, users, user);
      await tx
        .insert(broadcasters)
        .values({ id, createdAt: audit.at, ...values })
        .onDuplicateKeyUpdate({ set: values });
      await insertAudit(tx, audit);
    });
  },

  async stream(id) {
    const [row] = await db.select().from(streams).where(eq(streams.id, id));
    return row && asStream(row);
  },

  async findStreams(ids) {
    const rows = await selectInBatches(ids, IDS_PER_STATEMENT, (batch) =>
      db.select().from(streams).where(inArray(streams.id, batch)),
    );
    return rows.map(asStream);
  },

  async putStream({ id, category, ...entry }, audit) {
    const values = { ...entry, category: category ?? null, updatedAt: audit.at };
    await db.transaction(async (tx) => {
      await demand(tx, broadcasters, entry.broadcaster);
      await demand(tx, categories, category);
      await tx
        .insert(streams)
        .values({ id, status: "planned", createdAt: audit.at, ...values })
        .onDuplicateKeyUpdate({ set: values });
      await insertAudit(tx, audit);
    });
  },

  startStream: (id, at, audit) => change(db, id, startAt(streams, at), audit),

  endStream: (id, at, audit) => change(db, id, endAt(streams, at), audit),
});

const change = (
  db: MySqlHandle,
  id: StreamId,
  { due, values }: StreamChange,
  audit: AuditEntry,
): Promise<Stream | undefined> =>
  db.transaction(async (tx) => {
    const { rowsAffected } = await tx
      .update(streams)
      .set({ ...values, updatedAt: audit.at })
      .where(and(eq(streams.id, id), due));
    if (rowsAffected > 0) await insertAudit(tx, audit);
    const [row] = await tx.select().from(streams).where(eq(streams.id, id));
    return row && asStream(row);
  });
