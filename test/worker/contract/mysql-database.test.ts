import { eq } from "drizzle-orm";
import { describe, inject } from "vitest";
import { mysqlDatabase } from "../../../src/adapters/mysql/database.ts";
import { mysqlHandle } from "../../../src/adapters/mysql/handle.ts";
import { auditLog, idempotencyKeys } from "../../../src/schema/mysql/operations.ts";
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

declare module "vitest" {
  interface ProvidedContext {
    /** As `DATABASE_URL` takes it; empty where there is no MariaDB. */
    databaseUrl: string;
  }
}

const url = inject("databaseUrl");

describe.skipIf(url === "")("the database on MySQL", () => {
  const behind = mysqlHandle(url);
  const database = mysqlDatabase(url);
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
