/** The service as a process of its own, as `npm start` runs it: for proofs and tests that look at it from outside. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

export interface ServiceOptions {
  readonly state: string;
  readonly secrets: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A MySQL, as `DATABASE_URL` takes it; without it the database is the one that the secrets file names, or D1. */
  readonly databaseUrl?: string;
  /**
   * A Redis as Upstash gives it, or `private`: one of the service's own. Without it the read model is the one that the
   * secrets file names, or the objects.
   */
  readonly redis?: "private" | { readonly url: string; readonly token: string };
  /** What takes the flags of `npm start`, when it is not that itself. */
  readonly start?: string;
}

export interface Service {
  /** Without a slash at its end. */
  readonly url: string;
  /** Everything it has printed. */
  output(): string;
  /** Process id of its runtime; `undefined` when it has none at the moment. */
  runtimePid(): number | undefined;
  signal(name: NodeJS.Signals): void;
  /** @returns its exit code; `null` when a signal ended it */
  readonly exited: Promise<number | null>;
}

/** A cold machine builds and starts in seconds, and one that does much else may take a minute. */
const START_DEADLINE_MS = 120_000;

const START = resolve(import.meta.dirname, "start.ts");

/** @throws with what it printed, when it ends or says nothing instead of listening */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const { state, secrets, port, databaseUrl, redis, start = START } = options;
  const args = [start, "--state", state, "--secrets", secrets, "--port", `${port}`];
  if (databaseUrl !== undefined) args.push("--database", "mysql");
  if (redis !== undefined) args.push("--read-model", "redis");
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
      ...redisVariables(redis),
    },
  });
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
  }
  const output = () => pieces.join("");
  printed.set(state, [...(printed.get(state) ?? []), output]);
  const exited = once(child, "exit").then(([code]): number | null => code);
  const url = await urlOf(child, output);
  return {
    url,
    output,
    exited,
    runtimePid: () => runtimeOf(child.pid),
    signal: (name) => child.kill(name),
  };
};

/** Of every service there was, by the directory of its state. */
const printed = new Map<string, readonly (() => string)[]>();

/** @returns what each of the services printed that this process started on a state, ended or not, in their order */
export const printedOn = (state: string): readonly string[] =>
  (printed.get(state) ?? []).map((output) => output());

/** Ours may have some of its own, which are not meant then. */
const redisVariables = (redis: ServiceOptions["redis"]): NodeJS.ProcessEnv => {
  if (redis === undefined) return {};
  const { url, token } = redis === "private" ? {} : redis;
  return { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token };
};

const urlOf = async (child: ChildProcess, output: () => string): Promise<string> => {
  const { promise, resolve: settle } = Promise.withResolvers<string | undefined>();
  const look = () => {
    const url = /listens on (\S+)\n/.exec(output())?.[1];
    if (url !== undefined) settle(url);
  };
  const timer = setTimeout(() => settle(undefined), START_DEADLINE_MS);
  child.stdout?.on("data", look);
  child.once("exit", () => settle(undefined));
  const url = await promise;
  clearTimeout(timer);
  if (url !== undefined) return url;
  child.kill("SIGKILL");
  throw new Error(`the service did not start\n${output()}`);
};

/** By the table of processes: a dead one that nobody has waited for has lost its arguments. */
const runtimeOf = (parent: number | undefined): number | undefined => {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  for (const line of table.split("\n")) {
    const [, pid, ppid, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(ppid) === parent && args.includes("workerd serve")) return Number(pid);
  }
  return undefined;
};

/** @returns whether a process runs; a dead one that its parent has not cleared away does not */
export const isRunning = (pid: number): boolean => {
  try {
    const args = execFileSync("ps", ["-o", "args=", "-p", `${pid}`], { encoding: "utf8" });
    return !args.includes("<defunct>");
  } catch {
    return false;
  }
};
