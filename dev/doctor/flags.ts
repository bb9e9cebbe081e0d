/** Flags of `npm run doctor`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, UsageError } from "../run/flags.ts";

export interface DoctorFlags {
  /** Of the server; `undefined`: that of `npm start` under `state`. */
  readonly url: string | undefined;
  readonly state: string;
  readonly json: boolean;
  /** Ms between two lines; `undefined`: one examination instead. */
  readonly watchEveryMs: number | undefined;
}

const DEFAULT_EVERY = "2";
const LONGEST_SECONDS = 3_600;

const OPTIONS = {
  url: { type: "string" },
  state: { type: "string", default: resolve(ROOT, ".headcount") },
  json: { type: "boolean", default: false },
  watch: { type: "boolean", default: false },
  every: { type: "string" },
} as const;

export const DOCTOR_USAGE = `
  --url URL        the server: mysql://user:password@host:port/database, or https://user:password@host for
                   PlanetScale; else DATABASE_URL of the environment; else the one of npm start
  --state DIR      where npm start keeps its server (.headcount)
  --json           findings for machines
  --watch          a line every 2 s about what the server does, until Ctrl-C
  --every SECONDS  with --watch: another interval`;

/** @throws UsageError */
export const parseDoctorFlags = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DoctorFlags => {
  const { url, state, json, watch, every } = valuesOf(args);
  if (every !== undefined && !watch) throw new UsageError("--every goes with --watch");
  if (json && watch) throw new UsageError("--json and --watch exclude each other");
  if (state === "") throw new UsageError("--state needs a value");
  return {
    url: url ?? (environment.DATABASE_URL || undefined),
    state: resolve(state),
    json,
    watchEveryMs: watch ? millisecondsOf(every ?? DEFAULT_EVERY) : undefined,
  };
};

const valuesOf = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : `${cause}`);
  }
};

const millisecondsOf = (text: string): number => {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds < 0.1 || seconds > LONGEST_SECONDS) {
    throw new UsageError(`--every is a number of seconds from 0.1 to ${LONGEST_SECONDS}`);
  }
  return seconds * 1_000;
};
