/** `npm run prove -- NAME`: what the service promises, shown from outside on a service that runs. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createConnection } from "mysql2/promise";
import { startMariaDb } from "./mysql/mariadb.ts";
import { DRILLS, isDrill, proveDrills } from "./prove/drill.ts";
import { proveFlush } from "./prove/flush.ts";
import { proveKill, VICTIMS } from "./prove/kill.ts";
import { proveOutage } from "./prove/outage.ts";
import { print, printKill } from "./prove/print.ts";
import { isWhole, proveReconnect } from "./prove/reconnect.ts";
import { complaintsOf, linesOf } from "./prove/redis/judge.ts";
import { proveRedis } from "./prove/redis.ts";

/** @returns whether it holds */
type Proof = (args: string[]) => Promise<boolean>;

const OPTIONS = {
  rounds: { type: "string", default: "12" },
  acks: { type: "string", default: "6000" },
  flushes: { type: "string", default: "10000" },
  seed: { type: "string", default: `${Date.now() % 1_000_000}` },
  seconds: { type: "string" },
  clients: { type: "string" },
  streams: { type: "string", default: "2000" },
  contents: { type: "string", default: "100000" },
  database: { type: "string", default: "d1" },
  only: { type: "string" },
  state: { type: "string" },
} as const;

const kill: Proof = async (args) => {
  const values = flagsOf(args);
  const rounds = positive(values.rounds);
  const minDurable = positive(values.acks);
  const seed = positive(values.seed);
  const state = values.state === undefined ? undefined : resolve(values.state);
  if (state !== undefined) mkdirSync(state, { recursive: true });
  const directory = state ?? mkdtempSync(join(tmpdir(), "headcount-kill-"));
  console.log(`seed ${seed}, state ${directory}`);
  const report = await proveKill({
    victims: Array.from(
      { length: rounds },
      (_, round) => VICTIMS[round % VICTIMS.length] ?? "both",
    ),
    minDurable,
    seed,
    state: directory,
    log: console.log,
  });
  printKill(report);
  const holds = report.lost === 0 && report.doubled === 0;
  if (holds && state === undefined) rmSync(directory, { recursive: true });
  return holds;
};

const flush: Proof = async (args) => {
  const values = flagsOf(args);
  const flushes = positive(values.flushes);
  const seed = positive(values.seed);
  const directory = mkdtempSync(join(tmpdir(), "headcount-flush-"));
  console.log(`seed ${seed}`);
  const server = await startMariaDb({ directory });
  try {
    const mysql = { socketPath: server.socketPath, user: server.user, database: "proof" };
    const { database, ...root } = mysql;
    const connection = await createConnection(root);
    await connection.query(`CREATE DATABASE ${database}`);
    await connection.end();
    const { mishaps, ...numbers } = await proveFlush({ mysql, flushes, seed });
    print([...mishaps, ...Object.entries(numbers)]);
    return numbers.differingCells === 0 && numbers.differingTotals === 0;
  } finally {
    await server.kill();
    rmSync(directory, { recursive: true });
  }
};

const outage: Proof = async (args) => {
  const values = flagsOf(args);
  const outageMs = positive(values.seconds ?? "60") * 1_000;
  const seed = positive(values.seed);
  const state = mkdtempSync(join(tmpdir(), "headcount-outage-"));
  console.log(`seed ${seed}, state ${state}`);
  const { latency, ...numbers } = await proveOutage({
    ...{ beforeMs: 10_000, outageMs, afterMs: 20_000, seed, state, log: console.log },
  });
  const latencies = Object.entries(latency).map(
    ([phase, { requests, p50Ms, p99Ms, maxMs }]): [string, string] => [
      `confirms ${phase}`,
      `${requests}, p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`,
    ],
  );
  print([...Object.entries(numbers), ...latencies]);
  const { sent, durable, counted, saved, flushesAway, failedFlushesAway } = numbers;
  const holds =
    [sent, counted, saved].every((count) => count === durable) &&
    numbers.failedConfirms + numbers.failedReads + numbers.differing === 0 &&
    flushesAway > 0 &&
    failedFlushesAway === flushesAway;
  if (holds) rmSync(state, { recursive: true });
  return holds;
};

const BACK_WITHIN_MS = 45_000;

const reconnect: Proof = async (args) => {
  const clients = positive(flagsOf(args).clients ?? "500");
  const state = mkdtempSync(join(tmpdir(), "headcount-reconnect-"));
  console.log(`state ${state}`);
  const victims = ["runtime", "runner"] as const;
  const outcomes = await proveReconnect({ clients, victims, state, log: console.log });
  for (const { sessions, ...numbers } of outcomes) {
    print([
      ...Object.entries(numbers),
      ...Object.entries(sessions).map(([name, n]) => [`sessions: ${name}`, n] as const),
    ]);
  }
  const holds = outcomes.every((outcome) => isWhole(outcome, clients, BACK_WITHIN_MS));
  if (holds) rmSync(state, { recursive: true });
  return holds;
};

const drill: Proof = async (args) => {
  const values = flagsOf(args);
  const clients = positive(values.clients ?? "200");
  const outageMs = positive(values.seconds ?? "60") * 1_000;
  const only = values.only?.split(",") ?? Object.keys(DRILLS);
  const waves = only.map((name) => [
    isDrill(name) ? name : usage(`"${name}" is none of ${Object.keys(DRILLS).join(", ")}`),
  ]);
  const state = mkdtempSync(join(tmpdir(), "headcount-drill-"));
  console.log(`state ${state}`);
  const scale = { clients, outageMs, beatMs: 20_000, quietMs: 5_000, patient: true };
  const reports = await proveDrills({ ...scale, waves, state, log: console.log });
  const holds = reports.every(({ complaints }) => complaints.length === 0);
  if (holds) rmSync(state, { recursive: true });
  return holds;
};

const redis: Proof = async (args) => {
  const values = flagsOf(args);
  const { database } = values;
  if (database !== "d1" && database !== "mysql") return usage("--database is d1 or mysql");
  const lastsMs = positive(values.seconds ?? "60") * 1_000;
  const seed = positive(values.seed);
  const state = mkdtempSync(join(tmpdir(), "headcount-redis-"));
  console.log(`seed ${seed}, state ${state}`);
  const report = await proveRedis({
    ...{ database, contents: positive(values.contents), streams: 20, confirmsPerSecond: 40 },
    ...{ clients: positive(values.clients ?? "40"), quietMs: 10_000 },
    outages: [
      { lastsMs, having: "what it had" },
      { lastsMs, having: "nothing" },
    ],
    ...{ seed, state, log: console.log },
  });
  print(linesOf(report));
  const complaints = complaintsOf(report);
  for (const complaint of complaints) console.log(`FAILED  ${complaint}`);
  if (complaints.length === 0) rmSync(state, { recursive: true });
  return complaints.length === 0;
};

/** The tests have the browser and all that a page needs: this is one of them, too long for every day. */
const hiddenTab: Proof = async (args) => {
  const seconds = positive(flagsOf(args).seconds ?? "120");
  const env = { ...process.env, HIDDEN_TAB_SECONDS: `${seconds}` };
  const test = ["run", "--project", "browser", "test/browser/hidden-tab.test.ts"];
  return spawnSync("vitest", test, { stdio: "inherit", env }).status === 0;
};

/** A test too, of as many streams as are asked for. */
const liveDay: Proof = async (args) => {
  const values = flagsOf(args);
  const streams = positive(values.streams);
  const seed = positive(values.seed);
  console.log(`seed ${seed}`);
  const env = { ...process.env, LIVE_DAY_STREAMS: `${streams}`, LIVE_DAY_SEED: `${seed}` };
  const test = ["run", "--project", "node", "test/mysql/live-day.test.ts"];
  return spawnSync("vitest", test, { stdio: "inherit", env }).status === 0;
};

const flagsOf = (args: string[]) => {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : `${cause}`);
  }
};

/** A proof of nothing would hold. */
const positive = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) usage(`"${text}" is no number above 0`);
  return Number(text);
};

const usage = (complaint: string): never => {
  console.error(`${complaint}\nnpm run prove -- NAME, where NAME is one of:`);
  for (const [known, { claim }] of Object.entries(PROOFS)) console.error(`  ${known}  ${claim}`);
  process.exit(2);
};

const PROOFS: Readonly<Record<string, { readonly claim: string; readonly proof: Proof }>> = {
  kill: {
    claim:
      "what was answered durable is counted once, whoever is killed (--rounds --acks --seed --state)",
    proof: kill,
  },
  flush: {
    claim:
      "over a wire that loses, doubles and reorders, MySQL ends up equal to the Tallies (--flushes --seed)",
    proof: flush,
  },
  outage: {
    claim:
      "with MySQL away no acknowledgement and no read fails, and after its return it has everything (--seconds --seed)",
    proof: outage,
  },
  redis: {
    claim:
      "with Redis away or emptied no acknowledgement and no read fails and no number falls, and it has everything again within 30 s (--seconds --contents --clients --database --seed)",
    proof: redis,
  },
  "live-day": {
    claim:
      "a made-up day of live streams is in MariaDB and D1 what counting it anew says (--streams --seed)",
    proof: liveDay,
  },
  "hidden-tab": {
    claim: "a tab that is hidden for minutes stays a viewer, on one socket (--seconds)",
    proof: hiddenTab,
  },
  reconnect: {
    claim:
      "with the service killed, who watches a stream is back within 45 s and is counted once (--clients)",
    proof: reconnect,
  },
  drill: {
    claim:
      "whatever part of the service is lost under its clients, every number is soon that of the clients again (--clients --seconds --only)",
    proof: drill,
  },
};

const [name = "", ...args] = process.argv.slice(2);
const chosen = PROOFS[name] ?? usage(name === "" ? "Which proof?" : `"${name}" is no proof`);
process.exit((await chosen.proof(args)) ? 0 : 1);
