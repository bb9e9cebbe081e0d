/** Runs the simulation; `--seed N` replays one world, which prints its last steps when it fails. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { seed: { type: "string" } } });
if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) {
  console.error("--seed takes a whole number");
  process.exit(2);
}

const { status } = spawnSync("vitest", ["run", "--project", "node", "test/simulation"], {
  stdio: "inherit",
  env: { ...process.env, ...(values.seed !== undefined && { HEADCOUNT_SEED: values.seed }) },
});
process.exit(status ?? 1);
