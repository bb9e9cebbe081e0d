/** The runtime's process, which Miniflare keeps to itself: seen as Node makes it. */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { basename } from "node:path";
import { guardChild } from "../guard.ts";

/** Answers that are on their way when the service ends have this long to get out. */
const DRAIN_MS = 1_000;

export interface Workerd {
  /** Of the one that was made last. */
  readonly pid: number | undefined;
  /** Lets the runtime finish what it has begun; afterwards it is gone, or has had its time. */
  drain(): Promise<void>;
}

/**
 * Has to be called before Miniflare is made.
 * @param onExit is called first when a runtime ends, before Miniflare makes a new one
 */
export const watchWorkerd = (onExit: () => void): Workerd => {
  let current: ChildProcess | undefined;
  subscribe("child_process", (message) => {
    const child = childOf(message);
    if (child === undefined) return;
    child.once("spawn", () => {
      if (basename(child.spawnfile) !== "workerd") return;
      current = child;
      // Dead before it has read its configuration: Miniflare finds that out by its exit.
      child.stdin?.on("error", () => undefined);
      guardChild(child);
      child.once("exit", onExit);
    });
  });
  return {
    get pid() {
      return current?.pid;
    },
    async drain() {
      if (current === undefined || current.exitCode !== null || current.signalCode !== null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      current.once("exit", resolve);
      current.kill("SIGTERM");
      setTimeout(resolve, DRAIN_MS).unref();
      await promise;
    },
  };
};

const childOf = (message: unknown): ChildProcess | undefined => {
  if (typeof message !== "object" || message === null || !("process" in message)) return undefined;
  return message.process as ChildProcess;
};
