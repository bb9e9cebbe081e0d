import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "../../dev/run/flags.ts";
import type { ServiceAddress } from "../service/ask.ts";
import { ADDRESS_OPTIONS, addressOf, countOf } from "../service/flags.ts";
import { strictly } from "../strictly.ts";
import type { PageRules } from "./page-rules.ts";

const OPTIONS = {
  ...ADDRESS_OPTIONS,
  site: { type: "string" },
  include: { type: "string", multiple: true, default: [] },
  exclude: { type: "string", multiple: true, default: [] },
  content: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  "no-wait": { type: "boolean", default: false },
  patience: { type: "string", default: "120" },
} as const satisfies ParseArgsConfig["options"];

export interface ReplayFlags {
  readonly paths: readonly string[];
  readonly rules: PageRules;
  /** `undefined`: nothing is sent. */
  readonly address: ServiceAddress | undefined;
  /** Does not wait for the corrections, nor order them. */
  readonly noWait: boolean;
  readonly patienceMs: number;
}

/** @throws UsageError */
export const parseReplayFlags = (args: readonly string[]): ReplayFlags => {
  const { values, positionals } = strictly(() =>
    parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
  );
  if (positionals.length === 0) throw new UsageError("replay needs a log: headcount replay FILE");
  const { include, exclude, content } = values;
  const rules: PageRules = {
    origin: originOf(values.site),
    include: include.map((text) => patternOf("include", text)),
    exclude: exclude.map((text) => patternOf("exclude", text)),
    contentPattern: content === undefined ? undefined : groupedPattern(content),
  };
  return {
    paths: positionals,
    rules,
    address: values["dry-run"] ? undefined : addressOf(values),
    noWait: values["no-wait"],
    patienceMs: 1_000 * countOf("patience", values.patience, 99_999),
  };
};

/** What lies behind the origin would be no page's. */
const originOf = (site: string | undefined): string => {
  const url = site !== undefined && URL.canParse(site) ? new URL(site) : undefined;
  const isSite =
    url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isSite) return url.origin;
  throw new UsageError(`--site is where the log's site is, like https://example.org`);
};

const patternOf = (flag: string, text: string): RegExp => {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageError(`--${flag} is a regular expression, not "${text}"`);
  }
};

/** A pattern of nothing but the path says no id. */
const groupedPattern = (text: string): RegExp => {
  const pattern = patternOf("content", text);
  const groups = new RegExp(`${text}|`).exec("")?.length ?? 0;
  if (groups >= 2) return pattern;
  throw new UsageError("--content has a group for the id, like ^/articles/([A-Za-z0-9_-]+)$");
};
