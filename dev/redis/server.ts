/** A Redis of our own: a directory and a process that ends with ours, reached by a socket alone. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { guardChild } from "../guard.ts";
import { socketPathIn } from "../socket-path.ts";
import { findRedis, HOW_TO_INSTALL_REDIS, SERVER_NAME } from "./binary.ts";

export interface RedisServer {
  readonly socketPath: string;
  readonly pid: number;
  /** Ends it in good order; resolves when it is gone. */
  stop(): Promise<void>;
  /** As a power cut does. */
  kill(): Promise<void>;
}

export interface RedisServerOptions {
  /** Made when missing, and nobody else's to read. */
  readonly directory: string;
  /** What it keeps: nothing beyond its end, or every write within a second. */
  readonly keep: "nothing" | "everything";
  /** How many logical databases it has. */
  readonly databases?: number;
  /** Commands that nobody may use. */
  readonly without?: readonly string[];
}

/** A long log to read takes a while. */
const START_DEADLINE_MS = 60_000;

const READY = "ready to accept connections";

/** No port; what it says comes to us; and whoever waits for its end does not wait for a slow client. */
const ALWAYS = ["--port", "0", "--daemonize", "no", "--logfile", "", "--shutdown-timeout", "0"];

const KEEP = {
  nothing: ["--save", "", "--appendonly", "no"],
  everything: ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"],
} as const;

const DEFAULT_DATABASES = 16;

/** @throws Error with what to install, or with what Redis printed when it did not start */
export const startRedis = async (options: RedisServerOptions): Promise<RedisServer> => {
  const binary = findRedis();
  if (binary === undefined) throw new Error(`Redis was not found. ${HOW_TO_INSTALL_REDIS}`);
  const { directory, keep, databases = DEFAULT_DATABASES, without = [] } = options;
  const socketPath = redisSocketIn(directory);
  for (const path of [directory, dirname(socketPath)]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  const child = spawn(
    binary,
    [
      ...ALWAYS,
      ...KEEP[keep],
      ...["--dir", directory, "--unixsocket", socketPath, "--unixsocketperm", "700"],
      ...["--databases", `${databases}`],
      ...without.flatMap((name) => ["--rename-command", name, ""]),
    ],
    // A process group of its own: Ctrl-C is for the service, which ends its Redis last.
    { stdio: ["ignore", "pipe", "pipe"], detached: true, argv0: SERVER_NAME },
  );
  await untilReady(child);
  guardChild(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  return {
    socketPath,
    pid: child.pid ?? Number.NaN,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
};

/** The same for one directory always. */
export const redisSocketIn = (directory: string): string => socketPathIn(directory, "redis.sock");

const untilReady = async (child: ChildProcess): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      // Afterwards it goes on being read, so that the pipe never fills, and is not kept.
      if (printed.includes(READY)) return;
      printed += text;
      if (printed.includes(READY)) resolve(true);
    });
  }
  child.once("exit", () => resolve(false));
  child.once("error", () => resolve(false));
  const timer = setTimeout(() => resolve(false), START_DEADLINE_MS);
  const ready = await promise;
  clearTimeout(timer);
  if (ready) return;
  child.kill("SIGKILL");
  throw new Error(`Redis did not start\n${printed}`);
};
