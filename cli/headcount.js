#!/usr/bin/env node
/** `npx headcount`: the commands, with the Node of the project, since the machine's own may not know TypeScript. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const manifest = createRequire(import.meta.url).resolve("node/package.json");
const NODE = join(dirname(manifest), "bin/node");
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

const child = spawn(NODE, [MAIN, ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // A terminal tells both of them: what the command is told twice it heeds once.
  process.on(signal, () => child.kill(signal));
}
child.once("error", (cause) => {
  console.error(`${NODE} does not start (${cause.message}); run npm ci`);
  process.exit(1);
});
child.once("exit", (code, signal) => {
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});
