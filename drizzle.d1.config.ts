import { defineConfig } from "drizzle-kit";

/** `npx drizzle-kit generate --config drizzle.d1.config.ts --name what_changed` writes the next migration. */
export default defineConfig({
  dialect: "sqlite",
  schema: "./src/schema/d1.ts",
  out: "./migrations/d1",
});
