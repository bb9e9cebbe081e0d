/** Commands of `headcount` as processes of their own, with what they print. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

export const LAUNCHER = resolve(import.meta.dirname, "../../../cli/headcount.js");
export const MAIN = resolve(import.meta.dirname, "../../../cli/main.ts");

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const running = new Set<ChildProcess>();

/** @param env over this process's own, which has no say in which database or key is meant */
export const start = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running => {
  const { DATABASE_URL: _, ADMIN_KEY: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [...args], { env: { ...inherited, ...env } });
  running.add(child);
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  const ended = once(child, "close").then(([code]): Ended => {
    running.delete(child);
    return { code, output: printed.join("") };
  });
  return { child, ended };
};

/** After each test. */
export const killCommands = (): void => {
  for (const child of running) child.kill("SIGKILL");
};
