import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { auditLog, idempotencyKeys } from "../../../src/schema/d1/operations.ts";
import { accessKeyTablesContract } from "../../contract/access-keys.ts";
import { auditTablesContract } from "../../contract/audit-tables.ts";
import { correctionTablesContract } from "../../contract/correction-tables.ts";
import { databaseContract } from "../../contract/database.ts";
import { idempotencyTablesContract } from "../../contract/idempotency-tables.ts";
import { mostViewedContract } from "../../contract/most-viewed.ts";
import { registryTablesContract } from "../../contract/registry-tables.ts";
import { shardTablesContract } from "../../contract/shard-tables.ts";
import { statisticsTablesContract } from "../../contract/statistics-tables.ts";
import { streamTablesContract } from "../../contract/stream-tables.ts";
import { suspicionTablesContract } from "../../contract/suspicion-tables.ts";
import { userTablesContract } from "../../contract/user-tables.ts";

describe("the database on D1", () => {
  const behind = drizzle(env.DB);
  const database = d1Database(env.DB);
  const open = () => ({
    database,
    auditEntries: (subject: string) =>
      behind.select().from(auditLog).where(eq(auditLog.subject, subject)),
  });
  databaseContract(open);
  registryTablesContract(open);
  streamTablesContract(() => database.streams);
  userTablesContract(() => ({
    database,
    auditEntries: open().auditEntries,
    keepAnswer: async (row) => void (await behind.insert(idempotencyKeys).values(row)),
    answersTo: (pathHash) =>
      behind.select().from(idempotencyKeys).where(eq(idempotencyKeys.pathHash, pathHash)),
  }));
  shardTablesContract(() => database);
  statisticsTablesContract(() => database);
  mostViewedContract(() => database);
  accessKeyTablesContract(() => ({ keys: database.keys, auditEntries: open().auditEntries }));
  idempotencyTablesContract(() => database.idempotency);
  auditTablesContract(() => ({
    audit: database.audit,
    overwrite: async (id, detail) => {
      await behind.update(auditLog).set({ detail }).where(eq(auditLog.id, id));
    },
  }));
  suspicionTablesContract(() => ({
    suspicions: database.suspicions,
    auditEntries: open().auditEntries,
  }));
  correctionTablesContract(() => ({
    corrections: database.corrections,
    exclusions: database.exclusions,
    auditEntries: open().auditEntries,
  }));
});
