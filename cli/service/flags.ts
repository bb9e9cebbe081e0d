/** Flags of the commands that speak to a running service. */
import { existsSync, readFileSync } from "node:fs";
import { type ParseArgsConfig, parseArgs, parseEnv } from "node:util";
import { DEFAULT_SECRETS, UsageError } from "../../dev/run/flags.ts";
import { newestKey } from "../../dev/run/newest-key.ts";
import { CORRECTIONS_MAX_RUNS } from "../../src/core/limits.ts";
import { parseHourOrInstant } from "../../src/core/views/hour-text.ts";
import { strictly } from "../strictly.ts";
import type { ServiceAddress } from "./ask.ts";

export const ADDRESS_OPTIONS = {
  url: { type: "string", default: "http://127.0.0.1:8787" },
  key: { type: "string" },
  secrets: { type: "string", default: DEFAULT_SECRETS },
} as const satisfies ParseArgsConfig["options"];

const ORDER_OPTIONS = {
  ...ADDRESS_OPTIONS,
  from: { type: "string" },
  to: { type: "string" },
  patience: { type: "string", default: "120" },
} as const satisfies ParseArgsConfig["options"];

export interface OrderFlags {
  readonly address: ServiceAddress;
  /** Hours as the service takes them. */
  readonly body: { readonly from?: string; readonly to?: string };
  readonly patienceMs: number;
}

/** @throws UsageError */
export const parseRebuildFlags = (args: readonly string[]): OrderFlags => {
  const flags = parseCorrectFlags(args);
  if (flags.body.from === undefined) throw new UsageError("rebuild needs --from 2026-11-21T00");
  if (flags.body.to !== undefined) throw new UsageError("rebuild goes up to now: it has no --to");
  return flags;
};

/** @throws UsageError */
export const parseCorrectFlags = (args: readonly string[]): OrderFlags => {
  const { values } = strictly(() => parseArgs({ args: [...args], options: ORDER_OPTIONS }));
  const { from, to } = values;
  for (const [name, value] of Object.entries({ from, to })) {
    if (value === undefined || parseHourOrInstant(value) !== undefined) continue;
    throw new UsageError(`--${name} is an hour of UTC like 2026-11-21T09, not "${value}"`);
  }
  if (to !== undefined && from === undefined)
    throw new UsageError("--to is nothing without --from");
  const body = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const patienceMs = 1_000 * countOf("patience", values.patience, 99_999);
  return { address: addressOf(values), body, patienceMs };
};

export interface CorrectionsFlags {
  readonly address: ServiceAddress;
  readonly limit: number;
}

/** @throws UsageError */
export const parseCorrectionsFlags = (args: readonly string[]): CorrectionsFlags => {
  const options = { ...ADDRESS_OPTIONS, limit: { type: "string", default: "20" } } as const;
  const { values } = strictly(() => parseArgs({ args: [...args], options }));
  return {
    address: addressOf(values),
    limit: countOf("limit", values.limit, CORRECTIONS_MAX_RUNS),
  };
};

export const countOf = (name: string, text: string, max: number): number => {
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= max) return Number(text);
  throw new UsageError(`--${name} is a number from 1 to ${max}, not "${text}"`);
};

interface Where {
  readonly url: string;
  readonly key?: string | undefined;
  readonly secrets: string;
}

/** A flag goes over the environment, and that over the file. */
export const addressOf = ({ url, key: given, secrets }: Where): ServiceAddress => {
  if (!isServiceUrl(url)) {
    throw new UsageError("--url is https://…, or http://… of this machine");
  }
  const kept = existsSync(secrets) ? parseEnv(readFileSync(secrets, "utf8")).ADMIN_KEY : undefined;
  const key = newestKey(given ?? process.env.ADMIN_KEY ?? kept ?? "");
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new UsageError(`There is no admin key: --key, ADMIN_KEY, or ${secrets} has to give it`);
  }
  const { origin, pathname } = new URL(url);
  return { url: `${origin}${pathname}`.replace(/\/+$/, ""), key };
};

/** Plain http is for this machine: elsewhere the key would travel readable. */
const isServiceUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
};

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
