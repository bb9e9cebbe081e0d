/**
 * What wrangler reads out of `wrangler.toml`, kept from start to start: to read it again wrangler has to be loaded,
 * which costs most of a second.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { V4Namespace, V4WorkerOptions } from "miniflare";
import type { SourcelessWorkerOptions, Unstable_Config as WranglerConfig } from "wrangler";
import { ROOT, WRANGLER_TOML } from "./flags.ts";
import { WRANGLER_MANIFEST } from "./wrangler.ts";

export interface WranglerFile {
  readonly name: string | undefined;
  /** Path of the Worker's first module. */
  readonly main: string | undefined;
  readonly variables: WranglerConfig["vars"];
  /** Options of Miniflare, without the variables. */
  readonly worker: SourcelessWorkerOptions;
  readonly compatibilityFlags: readonly string[];
  /** Cron expressions, in UTC. */
  readonly crons: readonly string[];
  /** Ids by bindings. */
  readonly d1Databases: V4Namespace;
}

interface Kept {
  readonly madeOf: string;
  readonly read: WranglerFile;
}

const KEPT = join(ROOT, "node_modules/.cache/headcount-wrangler-file.json");

/** @param kept file with what was read last, which a change of anything that decides it makes worthless */
export const readWranglerFile = (file = WRANGLER_TOML, kept = KEPT): WranglerFile => {
  const madeOf = deciding(file);
  const known = readKept(kept);
  if (known?.madeOf === madeOf) return known.read;
  const read = readByWrangler(file);
  if (isKeepable(read)) keep(kept, { madeOf, read });
  return read;
};

/** @returns a text that changes with whatever decides what is read, this module among it, since it says what is kept */
const deciding = (file: string): string => {
  const hash = createHash("sha256");
  const texts = [file, process.env.CLOUDFLARE_ENV ?? ""];
  for (const path of [file, WRANGLER_MANIFEST, import.meta.filename]) {
    texts.push(readFileSync(path, "utf8"));
  }
  return hash.update(JSON.stringify(texts)).digest("hex");
};

const readByWrangler = (file: string): WranglerFile => {
  const wrangler = loadWrangler();
  const config = wrangler.unstable_readConfig({ config: file });
  // Not told of one, wrangler would put the secrets of `.dev.vars` among the variables.
  const none = { envFiles: [join(dirname(file), `no-secrets-${randomUUID()}`)], overrides: {} };
  const { workerOptions } = wrangler.unstable_getMiniflareWorkerOptions(config, undefined, none);
  // Its types are lost in wrangler's.
  const { d1Databases = {} }: V4WorkerOptions = { ...workerOptions, script: "" };
  return {
    name: config.name,
    main: config.main,
    variables: config.vars,
    // Among its own variables there may be some of the environment.
    worker: { ...workerOptions, bindings: {} },
    compatibilityFlags: config.compatibility_flags,
    crons: config.triggers.crons ?? [],
    d1Databases,
  };
};

/** By `require`, which can wait until it is called: its parts that Node alone runs are one script. */
export const loadWrangler = (): typeof import("wrangler") =>
  createRequire(import.meta.url)("wrangler");

const readKept = (kept: string): Kept | undefined => {
  try {
    return JSON.parse(readFileSync(kept, "utf8"));
  } catch {
    return undefined;
  }
};

/**
 * Not where JSON would lose something; nor with a Hyperdrive, since the address of its database, with the password, may
 * be out of the environment.
 */
const isKeepable = (read: WranglerFile): boolean =>
  Object.keys(read.worker.hyperdrives ?? {}).length === 0 && isPlain(read);

const isPlain = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) {
    return typeof value !== "function" && typeof value !== "symbol" && typeof value !== "bigint";
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // What was read of TOML has none.
  const plain = prototype === null || prototype === Object.prototype || Array.isArray(value);
  if (!plain) return false;
  return Object.values(value).every(isPlain);
};

/** Whole or not at all, since others may be reading; where it cannot be kept, it is read again. */
const keep = (kept: string, what: Kept): void => {
  const draft = `${kept}.${randomUUID()}`;
  try {
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(draft, JSON.stringify(what));
    renameSync(draft, kept);
  } catch {
    rmSync(draft, { force: true });
  }
};
