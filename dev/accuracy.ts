/** `npm run accuracy`: a million events through the service's own code, and what became of them judged by another. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createConnection } from "mysql2/promise";
import { judge } from "./accuracy/judge.ts";
import { run } from "./accuracy/run.ts";
import { SHARDS } from "./accuracy/setting.ts";
import { startMariaDb } from "./mysql/mariadb.ts";

const usage = (complaint: string): never => {
  console.error(`${complaint}\nnpm run accuracy -- [--events N] [--seed N]`);
  process.exit(2);
};

const OPTIONS = {
  events: { type: "string", default: "1000000" },
  seed: { type: "string", default: "1" },
} as const;

const flags = () => {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : `${cause}`);
  }
};

const positive = (text: string): number =>
  /^[1-9]\d{0,6}$/.test(text) ? Number(text) : usage(`"${text}" is no number of 1 to 9,999,999`);

const values = flags();
const events = positive(values.events);
const seed = positive(values.seed);
const state = mkdtempSync(join(tmpdir(), "headcount-accuracy-"));
// It dies with the run, so that nothing has to wait for its disk.
const settings = ["--no-defaults", "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0"];
const server = await startMariaDb({ directory: state, settings });
const startedAt = performance.now();
try {
  const mysql = { socketPath: server.socketPath, user: server.user, database: "accuracy" };
  const { database, ...root } = mysql;
  const connection = await createConnection(root);
  await connection.query(`CREATE DATABASE ${database}`);
  await connection.end();
  const { evidence, numbers } = await run({
    events,
    seed,
    shards: SHARDS,
    mysql,
    log: console.log,
  });
  const verdicts = judge(evidence);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const memory = Math.round(process.resourceUsage().maxRSS / 1_024);
  console.log("");
  for (const [name, value] of [...numbers, ["duration, s", seconds], ["memory, MB", memory]]) {
    console.log(`${`${name}`.padEnd(56)} ${value}`);
  }
  console.log("");
  for (const { promise, kept, found, examples } of verdicts) {
    console.log(`${kept ? "kept  " : "BROKEN"} ${promise.padEnd(56)} ${found}`);
    if (!kept) for (const example of examples) console.log(`         ${example}`);
  }
  process.exitCode = verdicts.every(({ kept }) => kept) ? 0 : 1;
} finally {
  await server.kill();
  rmSync(state, { recursive: true });
}
