/** workerd with R2, D1 and the Worker of `npm run bench -- correct`, in a process of its own that is measured. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig } from "wrangler";
import { watchWorkerd } from "../dev/run/workerd.ts";
import { cpuMeter, peakBytes } from "./workerd.ts";

export interface CorrectServer {
  readonly url: string;
  /** CPU time, user and system, the process has used so far. */
  cpuSeconds(): number;
  /** The most memory it ever had in use. */
  peakBytes(): number;
  stop(): Promise<void>;
}

/** The Worker as one module. @param directory where it goes */
export const bundleWorker = async (directory: string): Promise<void> => {
  await build({
    entryPoints: [resolve("bench/correct-worker.ts")],
    outfile: join(directory, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
  });
};

const workerd = watchWorkerd(() => undefined);

/**
 * Starts with an empty database and empty objects.
 * @param directory with the bundle; the bucket's content is kept in it from one server to the next
 */
export const startServer = async (directory: string): Promise<CorrectServer> => {
  const state = join(directory, "state");
  for (const kind of ["do", "d1"]) rmSync(join(state, kind), { recursive: true, force: true });
  const miniflare = new Miniflare(optionsOf(directory, state));
  const url = (await miniflare.ready).origin;
  const { pid } = workerd;
  if (pid === undefined) throw new Error("there is no workerd");
  await createTables(url);
  return {
    url,
    cpuSeconds: cpuMeter(pid),
    peakBytes: () => peakBytes(pid),
    stop: () => miniflare.dispose(),
  };
};

const optionsOf = (directory: string, state: string) =>
  convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    resourcePersistencePath: state,
    log: new Log(LogLevel.WARN),
    logRequests: false,
    workers: [
      {
        name: "correct",
        modulesRoot: directory,
        modules: [{ type: "ESModule", path: join(directory, "worker.js") }],
        compatibilityDate:
          unstable_readConfig({ config: "wrangler.toml" }).compatibility_date ?? "",
        bindings: {
          TALLY_SHARDS: "1",
          REPORT_TIMEZONE: "UTC",
          DATABASE: "d1",
          CONTENTS: "open",
          ALLOWED_ORIGINS: "*",
          TOKEN_KEYS: `k1:${"A".repeat(43)}`,
          ADMIN_KEY: "the key of nobody but this bench",
        },
        durableObjects: {
          CORRECTORS: { className: "Corrector", useSQLite: true },
          TALLIES: { className: "Tally", useSQLite: true },
        },
        r2Buckets: { RAW_LOG: "raw-log" },
        d1Databases: { DB: "headcount" },
      },
    ],
  });

const MIGRATIONS = "migrations/d1";

const createTables = async (url: string): Promise<void> => {
  const files = readdirSync(MIGRATIONS).filter((file) => file.endsWith(".sql"));
  for (const file of files.sort()) {
    const text = readFileSync(join(MIGRATIONS, file), "utf8");
    for (const statement of text.split("--> statement-breakpoint")) {
      await ask(url, "POST", "/statement", statement);
    }
  }
};

/** @throws when it is refused @returns the JSON it answers, unchecked: both sides are one bench */
export const ask = async <T>(
  url: string,
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<T> => {
  const answer = await fetch(`${url}${path}`, { method, ...(body !== undefined && { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
};
