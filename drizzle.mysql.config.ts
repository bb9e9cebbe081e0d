import { defineConfig } from "drizzle-kit";

/** As `drizzle.d1.config.ts`, for MySQL: `npm run migration:mysql what_changed`. Partitions are added to it by hand. */
export default defineConfig({
  dialect: "mysql",
  schema: "./src/schema/mysql/*.ts",
  out: "./migrations/mysql",
});
