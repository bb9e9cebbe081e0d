import { defineConfig } from "drizzle-kit";

/** `npm run migration what_changed` writes what `src/schema/d1` differs by as the next migration. */
export default defineConfig({
  dialect: "sqlite",
  schema: "./src/schema/d1/*.ts",
  out: "./migrations/d1",
});
