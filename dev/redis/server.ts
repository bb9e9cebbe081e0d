/** A Redis of our own: a directory and a process that ends with ours, reached by a socket alone. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type ServerProcess, serverProcess } from "../server-process.ts";
import { socketPathIn } from "../socket-path.ts";
import { findRedis, HOW_TO_INSTALL_REDIS, SERVER_NAME } from "./binary.ts";

export interface RedisServer extends ServerProcess {
  readonly socketPath: string;
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
  const start = { name: "Redis", ready: READY, deadlineMs: START_DEADLINE_MS };
  return { socketPath, ...(await serverProcess(child, start)) };
};

/** The same for one directory always. */
export const redisSocketIn = (directory: string): string => socketPathIn(directory, "redis.sock");
