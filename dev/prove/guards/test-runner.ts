/**
 * Runs tests of one file of the suite as often as it is asked to, in the tree that it is started in: to start it takes
 * much longer than most tests do. It is a process of its own, so that what hangs can be ended.
 */
import { resolve } from "node:path";
import { createVitest } from "vitest/node";
import type { Asked, TestRun } from "./test-run.ts";

/** The suite's own prepares workers and databases, which pure tests do without. */
const PURE = { config: "dev/prove/guards/pure.config.ts" };

const [project = "", file = ""] = process.argv.slice(2);
const vitest = await createVitest({
  watch: false,
  reporters: [],
  ...(project === "pure" ? PURE : { project: [project] }),
});
await vitest.standalone();
const specifications = await vitest.globTestSpecifications([resolve(file)]);

const run = async ({ names, changed }: Asked): Promise<TestRun> => {
  for (const path of changed) vitest.invalidateFile(resolve(path));
  vitest.setGlobalTestNamePattern(new RegExp(names.map(escaped).join("|")));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  const errors = [...unhandledErrors, ...testModules.flatMap((module) => module.errors())];
  return {
    passed: tests
      .filter((test) => test.result().state === "passed")
      .map(({ fullName }) => fullName),
    failed: tests
      .filter((test) => test.result().state === "failed")
      .map((test) => ({ name: test.fullName, said: saidBy(test.result().errors ?? []) })),
    otherwise: saidBy(errors),
  };
};

const saidBy = (errors: readonly unknown[]): string =>
  errors.map((error) => (hasStack(error) ? error.stack : JSON.stringify(error))).join("\n");

const hasStack = (error: unknown): error is { readonly stack: string } =>
  typeof error === "object" && error !== null && "stack" in error;

/** The name is a pattern there, and words here. */
const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

process.on("message", async (asked: Asked) => {
  process.send?.(await run(asked));
});
process.on("disconnect", async () => {
  await vitest.close();
  process.exit();
});
