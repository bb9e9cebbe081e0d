import { defineConfig } from "vitest/config";

/** Of the tests that need nothing but Node, one at a time. */
export default defineConfig({ test: { maxWorkers: 1, testTimeout: 60_000 } });
