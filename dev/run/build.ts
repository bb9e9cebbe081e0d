/** The Worker as wrangler would deploy it, with the bindings of `wrangler.toml`, as options of Miniflare. */
import { execFile } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { basename, join, matchesGlob } from "node:path";
import { promisify } from "node:util";
import type { V4ModuleDefinition, V4ModuleRule, V4WorkerOptions } from "miniflare";
import { isMadeOf, noteSources, readSources } from "./build-note.ts";
import { Failure, ROOT, WRANGLER_TOML } from "./flags.ts";
import { readVariables } from "./secrets.ts";
import { WRANGLER, WRANGLER_ENV } from "./wrangler.ts";
import { readWranglerFile } from "./wrangler-file.ts";

export interface BuiltWorker {
  readonly options: V4WorkerOptions;
  /** Cron expressions, in UTC. */
  readonly crons: readonly string[];
}

export interface Build {
  /** Is emptied, unless what it has was made of the same sources. */
  readonly outdir: string;
  /** File whose variables go over those of `wrangler.toml`. */
  readonly secrets: string;
  /** First module of the Worker, when it is not the one of `wrangler.toml`; then no other is built into `outdir`. */
  readonly main?: string;
  /** Compatibility flags beside those of `wrangler.toml`. */
  readonly flags?: readonly string[];
}

/** @throws Failure when it cannot be built */
export const buildWorker = async (build: Build): Promise<BuiltWorker> => {
  const { outdir, secrets, main, flags = [] } = build;
  await bundleInto(outdir, main);
  const deployed = readWranglerFile();
  const { modulesRules = [], ...bindings } = deployed.worker;
  const options: V4WorkerOptions = {
    ...bindings,
    // Miniflare names the objects' storage after the Worker, and `wrangler dev` does.
    name: deployed.name ?? "headcount",
    bindings: readVariables(secrets),
    modulesRoot: outdir,
    modules: modulesOf(outdir, basename(main ?? deployed.main ?? "worker.ts"), modulesRules),
    compatibilityFlags: [...deployed.compatibilityFlags, ...flags],
  };
  return { options, crons: deployed.crons };
};

/** @param variables go over those it has */
export const withVariables = (
  options: V4WorkerOptions,
  variables: Readonly<Record<string, string>>,
): V4WorkerOptions => ({ ...options, bindings: { ...options.bindings, ...variables } });

/** @throws Failure when it cannot be built */
export const bundleInto = async (outdir: string, main?: string): Promise<void> => {
  const sources = readSources();
  if (isMadeOf(outdir, sources)) return;
  rmSync(outdir, { recursive: true, force: true });
  const what = main === undefined ? ["deploy"] : ["deploy", main];
  const args = [...what, "--dry-run", "--config", WRANGLER_TOML, "--outdir", outdir];
  const env = { ...process.env, ...WRANGLER_ENV };
  const bundling = promisify(execFile)(process.execPath, [WRANGLER, ...args], { cwd: ROOT, env });
  bundling.child.stdin?.end();
  try {
    await bundling;
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new Failure(`The Worker could not be built\n${stdout}${stderr}`, { cause });
  }
  noteSources(outdir, sources);
};

/** The bundle first, since the first module is the Worker; then what wrangler put beside it. */
const modulesOf = (
  outdir: string,
  main: string,
  rules: readonly V4ModuleRule[],
): V4ModuleDefinition[] => {
  const bundled = join(outdir, main.replace(/\.ts$/, ".js"));
  const modules: V4ModuleDefinition[] = [{ type: "ESModule", path: bundled }];
  for (const file of readdirSync(outdir)) {
    const rule = rules.find(({ include }) => include.some((glob) => matchesGlob(file, glob)));
    if (rule !== undefined) modules.push({ type: rule.type, path: join(outdir, file) });
  }
  return modules;
};
