import { resolve } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig, type Plugin } from "vitest/config";
import { unstable_readConfig } from "wrangler";
import { buildClient } from "./dev/build-client.ts";

await buildClient();

/** Deadlines for what hangs, not for what is slow: a machine may be slow, and do much else. */
const DEADLINES = { testTimeout: 180_000, hookTimeout: 180_000 };

/** Processes that tests start need not compile wrangler again, each for itself. */
const CHILDREN = { NODE_COMPILE_CACHE: resolve("node_modules/.cache/headcount-compiled") };

/** Who puts other modules in the place of some must be the first to ask for them: each in a process of its own. */
const MOCKED = "test/app/**/*.mocked.test.ts";

/** In few files, and without maps of sources: a runtime that is new for each file reads all of it again. */
const BUNDLED_DEPENDENCIES = [
  "@planetscale/database",
  "@upstash/redis/cloudflare",
  "drizzle-orm",
  "drizzle-orm/d1",
  "drizzle-orm/mysql-core",
  "drizzle-orm/planetscale-serverless",
  "drizzle-orm/sqlite-core",
  "fast-check",
  "hono",
  "hono/etag",
  "isbot",
  "valibot",
];

const dependenciesWithoutSourceMaps: Plugin = {
  name: "dependencies-without-source-maps",
  enforce: "post",
  transform: (code, id) =>
    id.includes("/node_modules/") ? { code, map: { mappings: "" } } : undefined,
};

const deployed = unstable_readConfig({ config: "./wrangler.toml" });

/** What is deployed, with secrets of the tests and of nothing else: whoever has a `.dev.vars` runs the same tests. */
const TEST_VARIABLES = {
  ...deployed.vars,
  TOKEN_KEYS: `k2:${"A".repeat(43)},k1:${"g".repeat(42)}A`,
  ADMIN_KEY: "admin-key-of-the-tests-only",
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "pure",
          include: ["test/{core,protocol,app,client}/**/*.test.ts"],
          exclude: [MOCKED],
          // Nothing in them outlives a file, and a process for each of so many small ones takes longer than they do.
          isolate: false,
          ...DEADLINES,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "node",
          include: ["test/{simulation,dev,mysql,redis,cli}/**/*.test.ts"],
          isolate: false,
          globalSetup: ["test/support/mariadb-setup.ts", "test/support/redis-setup.ts"],
          ...DEADLINES,
          env: CHILDREN,
          // Much of it waits for processes: one worker on two cores would leave half of them idle.
          maxWorkers: 2,
        },
      },
      { test: { name: "mocked", include: [MOCKED], ...DEADLINES, maxWorkers: 2 } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings: TEST_VARIABLES },
          }),
          dependenciesWithoutSourceMaps,
        ],
        test: {
          name: "workers",
          include: ["test/worker/**/*.test.ts"],
          setupFiles: ["test/worker/apply-migrations.ts"],
          globalSetup: [
            "test/support/mariadb-setup.ts",
            "test/support/mysql-schema-setup.ts",
            "test/support/redis-setup.ts",
            "test/support/upstash-setup.ts",
          ],
          provide: {
            d1Migrations: await readD1Migrations("migrations/d1"),
            crons: deployed.triggers.crons ?? [],
          },
          deps: { optimizer: { ssr: { enabled: true, include: BUNDLED_DEPENDENCIES } } },
          maxWorkers: 2,
          ...DEADLINES,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/support/shared-service.ts"],
          // As among the pure ones: each file would read Playwright again.
          isolate: false,
          ...DEADLINES,
          env: CHILDREN,
          // a browser each
          maxWorkers: 2,
        },
      },
    ],
  },
});
