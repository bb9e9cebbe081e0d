import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import type { ContentId } from "../../../src/core/ids.ts";
import type { Stamp } from "../../../src/core/stamp.ts";
import { auditLog, viewHourly } from "../../../src/schema/d1.ts";
import { databaseContract } from "../../contract/database.ts";

describe("the database on D1", () => {
  const behind = drizzle(env.DB);
  databaseContract(() => ({
    database: d1Database(env.DB),
    async cells(content) {
      const rows = await behind.select().from(viewHourly).where(eq(viewHourly.contentId, content));
      return rows.map(({ contentId, hour, shardId, views, final, stamp }) => {
        return {
          content: contentId as ContentId,
          hour,
          shard: shardId,
          views,
          final,
          stamp: stamp as Stamp,
        };
      });
    },
    auditEntries: (subject) => behind.select().from(auditLog).where(eq(auditLog.subject, subject)),
  }));
});
