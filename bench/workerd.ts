/** workerd as a process of its own: started, measured, ended. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CONFIG_FILE } from "../dev/raw-workerd.ts";

export interface Server {
  readonly port: number;
  /** CPU time, user and system, the process has used so far. */
  cpuSeconds(): number;
  /** Memory it has in use. */
  residentBytes(): number;
  stop(): Promise<void>;
}

/** Servers stay on one core, the load generator on the other. */
export const SERVER_CORE = 0;
export const CLIENT_CORE = 1;

/** Keeps a process that runs, with all its threads, on a core. */
export const pin = (pid: number, core: number): void => {
  execFileSync("taskset", ["-acp", `${core}`, `${pid}`], { stdio: "pipe" });
};

const START_DEADLINE_MS = 20_000;

/**
 * @param core the processor it stays on, so that the load generator is on another one; `undefined` is any
 * @param readyPath answers 200 once the server is ready
 */
export const startWorkerd = async (
  directory: string,
  port: number,
  core: number | undefined,
  readyPath: string,
): Promise<Server> => {
  const pinned = core === undefined ? [] : ["taskset", "-c", `${core}`];
  const command = [...pinned, "workerd", "serve", "--experimental", join(directory, CONFIG_FILE)];
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: "ignore" });
  await untilReady(child, `http://127.0.0.1:${port}${readyPath}`);
  return {
    port,
    cpuSeconds: cpuMeter(child.pid ?? 0),
    residentBytes: () => residentBytes(child.pid ?? 0),
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
};

const untilReady = async (child: ChildProcess, url: string): Promise<void> => {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`${url} did not become ready`);
};

/** @returns tells how much CPU time, user and system, in s, a process has used so far */
export const cpuMeter = (pid: number): (() => number) => {
  const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return () => cpuTicks(pid) / ticksPerSecond;
};

/** Fields 14 and 15 of proc(5), counted behind the command name, which may hold blanks. */
const cpuTicks = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
};

export const residentBytes = (pid: number): number => statusBytes(pid, "VmRSS");

/** The most memory it ever had in use. */
export const peakBytes = (pid: number): number => statusBytes(pid, "VmHWM");

/** Of proc(5), which says it in kB. */
const statusBytes = (pid: number, field: "VmRSS" | "VmHWM"): number => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status) ?? [];
  return Number(kilobytes) * 1_024;
};
