/** A D1 of a test's own, empty but for the schema, in a workerd of its own. */
import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { d1StreamTables } from "../../src/adapters/d1/stream-tables.ts";
import type { Database } from "../../src/ports/database.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations/d1");

export interface LocalD1 {
  readonly streams: Database["streams"];
  /** Reads what is stored without the code under test. */
  read(query: string): Promise<readonly object[]>;
  close(): Promise<void>;
}

export const openLocalD1 = async (): Promise<LocalD1> => {
  const script = "export default {};";
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      // Its place would be asked of Cloudflare.
      cf: false,
      workers: [{ name: "test", modules: true, script, d1Databases: { DB: "test" } }],
    }),
  );
  const binding = await miniflare.getD1Database("DB");
  const migrations = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  await binding.batch(migrations.flatMap(({ sql }) => sql).map((sql) => binding.prepare(sql)));
  const db = drizzle(binding);
  return {
    streams: d1StreamTables(db),
    read: async (query) => (await binding.prepare(query).all<object>()).results,
    close: () => miniflare.dispose(),
  };
};
