import { and, eq, inArray } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { StreamId } from "../../core/ids.ts";
import type { AuditEntry } from "../../ports/audit-entry.ts";
import type { RegistryTables, Stream } from "../../ports/database.ts";
import { broadcasters, streams, users } from "../../schema/d1/contents.ts";
import { asBroadcaster, asStream, asUser } from "../sql/registry-rows.ts";
import { selectInBatches } from "../sql/row-table.ts";
import { endAt, type StreamChange, startAt } from "../sql/stream-changes.ts";
import { insertAudit, insertAuditIf } from "./audit.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";

/** D1's `batch` is one transaction, and its foreign keys refuse what names somebody unknown. */
export const d1RegistryTables = (db: DrizzleD1Database): RegistryTables => ({
  async user(id) {
    const [row] = await db.select().from(users).where(eq(users.id, id));
    return row && asUser(row);
  },

  async putUser(user, audit) {
    const values = { name: user.name ?? null, updatedAt: audit.at };
    await db.batch([
      db
        .insert(users)
        .values({ id: user.id, createdAt: audit.at, ...values })
        .onConflictDoUpdate({ target: users.id, set: values }),
      insertAudit(db, audit),
    ]);
  },

  async broadcaster(id) {
    const [row] = await db.select().from(broadcasters).where(eq(broadcasters.id, id));
    return row && asBroadcaster(row);
  },

  async putBroadcaster({ id, name, user }, audit) {
    const values = { name, user: user ?? null, updatedAt: audit.at };
    await db.batch([
      db
        .insert(broadcasters)
        .values({ id, createdAt: audit.at, ...values })
        .onConflictDoUpdate({ target: broadcasters.id, set: values }),
      insertAudit(db, audit),
    ]);
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
    await db.batch([
      db
        .insert(streams)
        .values({ id, status: "planned", createdAt: audit.at, ...values })
        .onConflictDoUpdate({ target: streams.id, set: values }),
      insertAudit(db, audit),
    ]);
  },

  startStream: (id, at, audit) => change(db, id, startAt(streams, at), audit),

  endStream: (id, at, audit) => change(db, id, endAt(streams, at), audit),
});

/** The audit entry goes first: it stands on the same condition, which the change makes untrue. */
const change = async (
  db: DrizzleD1Database,
  id: StreamId,
  { due, values }: StreamChange,
  audit: AuditEntry,
): Promise<Stream | undefined> => {
  const such = and(eq(streams.id, id), due);
  const [, , [row]] = await db.batch([
    insertAuditIf(db, audit, streams, such),
    db
      .update(streams)
      .set({ ...values, updatedAt: audit.at })
      .where(such),
    db.select().from(streams).where(eq(streams.id, id)),
  ]);
  return row && asStream(row);
};
