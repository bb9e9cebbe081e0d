/** Everything that can be said of the code without running it, in one verb. */
import { spawnSync } from "node:child_process";

const CHECKS: readonly (readonly string[])[] = [
  // first, since others read what it makes; it fails when the SDK is too large
  ["node", "dev/build-client.ts"],
  ["biome", "check", "--error-on-warnings", "."],
  [
    "wrangler",
    "types",
    "--include-runtime=false",
    "--strict-vars=false",
    "--env-file=/dev/null",
    "--check",
  ],
  ["tsc", "-p", "."],
  ["tsc", "-p", "src/core"],
  ["tsc", "-p", "src/client"],
  ["tsc", "-p", "test"],
  ["tsc", "-p", "test/worker"],
  ["tsc", "-p", "dev"],
  ["depcruise", "src", "durable-objects", "cli", "--config", ".dependency-cruiser.cjs"],
  ["knip"],
];

const failed = CHECKS.filter(([command = "", ...args]) => {
  console.log(`\n> ${command} ${args.join(" ")}`);
  return spawnSync(command, args, { stdio: "inherit" }).status !== 0;
});

console.log(failed.length === 0 ? "\nAll checks passed" : `\n${failed.length} checks failed`);
process.exit(failed.length === 0 ? 0 : 1);
