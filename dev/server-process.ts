/** A server that somebody else wrote, as a process that ends with ours. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { guardChild } from "./guard.ts";

export interface ServerProcess {
  readonly pid: number;
  /** Ends it in good order; resolves when it is gone. */
  stop(): Promise<void>;
  /** As a power cut does. */
  kill(): Promise<void>;
}

export interface ServerStart {
  /** For the error. */
  readonly name: string;
  /** What it prints when it takes connections. */
  readonly ready: string;
  /** From its start to that. */
  readonly deadlineMs: number;
}

/**
 * @param child just spawned, with pipes for what it prints
 * @throws Error with what it printed when it did not start
 */
export const serverProcess = async (
  child: ChildProcess,
  start: ServerStart,
): Promise<ServerProcess> => {
  await untilReady(child, start);
  guardChild(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  return {
    pid: child.pid ?? Number.NaN,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
};

const untilReady = async (
  child: ChildProcess,
  { name, ready, deadlineMs }: ServerStart,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      // Afterwards it goes on being read, so that the pipe never fills, and is not kept.
      if (printed.includes(ready)) return;
      printed += text;
      if (printed.includes(ready)) resolve(true);
    });
  }
  child.once("exit", () => resolve(false));
  child.once("error", () => resolve(false));
  const timer = setTimeout(() => resolve(false), deadlineMs);
  const isReady = await promise;
  clearTimeout(timer);
  if (isReady) return;
  child.kill("SIGKILL");
  throw new Error(`${name} did not start\n${printed}`);
};
