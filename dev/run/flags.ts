/** Flags that `npm start` and `npm run dev` have in common. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface Flags {
  readonly host: string;
  readonly port: number;
  /** Directory of everything that lasts. */
  readonly state: string;
  /** File with the secrets, in the form of `.dev.vars`. */
  readonly secrets: string;
  /** `undefined`: as `DATABASE` in the secrets file or in `wrangler.toml` says. */
  readonly database: string | undefined;
  /** `undefined`: as `READ_MODEL` in the secrets file or in `wrangler.toml` says. */
  readonly readModel: string | undefined;
}

export interface ParsedFlags {
  readonly flags: Flags;
  /** What none of the flags is, in its order. */
  readonly rest: readonly string[];
}

/** The root of the repository. */
export const ROOT = resolve(import.meta.dirname, "../..");
export const WRANGLER_TOML = resolve(ROOT, "wrangler.toml");
export const DEFAULT_SECRETS = resolve(ROOT, ".dev.vars");

const OPTIONS = {
  host: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "8787" },
  state: { type: "string", default: resolve(ROOT, ".headcount") },
  secrets: { type: "string", default: DEFAULT_SECRETS },
  database: { type: "string" },
  "read-model": { type: "string" },
} as const;

const USAGE = `
  --port NUMBER   port to listen on (${OPTIONS.port.default}); 0 takes a free one
  --host ADDRESS  address to listen on (${OPTIONS.host.default})
  --state DIR     where everything that lasts is kept (.headcount)
  --secrets FILE  where TOKEN_KEYS and ADMIN_KEY are, made when missing (.dev.vars)
  --database KIND d1, or mysql: the server of DATABASE_URL, else a MariaDB of its own under --state
  --read-model KIND objects, or redis: that of UPSTASH_REDIS_REST_URL, else a Redis of its own under --state`;

/** A mistake in how a command was called. */
export class UsageError extends Error {}

/** @throws UsageError */
export const parseFlags = (args: readonly string[]): ParsedFlags => {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    tokens: true,
  });
  const rest = new Map(args.entries());
  for (const token of tokens) {
    if (token.kind !== "option" || !(token.name in OPTIONS)) continue;
    if (!token.rawName.startsWith("--")) continue;
    if (token.value === undefined || token.value === "") {
      throw new UsageError(`${token.rawName} needs a value`);
    }
    rest.delete(token.index);
    if (!token.inlineValue) rest.delete(token.index + 1);
  }
  const flags: Flags = {
    host: String(values.host),
    port: portOf(String(values.port)),
    state: resolve(String(values.state)),
    secrets: resolve(String(values.secrets)),
    database: oneOf(DATABASES, "--database", values.database),
    readModel: oneOf(READ_MODELS, "--read-model", values["read-model"]),
  };
  return { flags, rest: [...rest.values()] };
};

/** @throws UsageError when there is anything but flags */
export const parseOnlyFlags = (args: readonly string[]): Flags => {
  const { flags, rest } = parseFlags(args);
  const [unknown] = rest;
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is no flag of this command`);
  return flags;
};

/** Ends the process with 2 when `work` was called wrongly and with 1 when it failed in a way it can name. */
export const runCommand = async (work: () => Promise<void>, usage = USAGE): Promise<void> => {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof UsageError) {
      console.error(`${cause.message}\n${usage}`);
      process.exit(2);
    }
    if (!(cause instanceof Failure)) throw cause;
    console.error(cause.message);
    process.exit(1);
  }
};

/** Something in the world that the user has to mend; its message is all they need. */
export class Failure extends Error {}

const DATABASES = ["d1", "mysql"];
const READ_MODELS = ["objects", "redis"];

const oneOf = (choices: readonly string[], flag: string, value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new UsageError(`${flag} is ${choices.join(" or ")}, not "${value}"`);
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new UsageError(`--port is a number from 0 to 65535, not "${text}"`);
  }
  return port;
};
