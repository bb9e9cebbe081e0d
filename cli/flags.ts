/** Flags of the commands of `headcount`. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { choiceOf, type DatabaseChoice } from "../dev/run/database-choice.ts";
import { DEFAULT_SECRETS, ROOT, UsageError } from "../dev/run/flags.ts";
import { readVariables } from "../dev/run/secrets.ts";
import { strictly } from "./strictly.ts";

export interface MoveFlags {
  readonly target: DatabaseChoice;
  readonly state: string;
  /** A dump of D1; `undefined`: the local D1 of `state`. */
  readonly file: string | undefined;
  readonly restart: boolean;
  readonly verifyOnly: boolean;
}

const TARGET_OPTIONS = {
  url: { type: "string" },
  state: { type: "string", default: resolve(ROOT, ".headcount") },
  secrets: { type: "string", default: DEFAULT_SECRETS },
} as const;

const MOVE_OPTIONS = {
  ...TARGET_OPTIONS,
  from: { type: "string" },
  to: { type: "string" },
  "from-file": { type: "string" },
  restart: { type: "boolean", default: false },
  verify: { type: "boolean", default: false },
} as const;

interface Where {
  readonly url?: string | undefined;
  readonly state: string;
  readonly secrets: string;
}

/** @throws UsageError */
export const parseTarget = (args: readonly string[]): DatabaseChoice =>
  targetOf(strictly(() => parseArgs({ args: [...args], options: TARGET_OPTIONS })).values);

/** @throws UsageError */
export const parseMoveFlags = (args: readonly string[]): MoveFlags => {
  const { values } = strictly(() => parseArgs({ args: [...args], options: MOVE_OPTIONS }));
  const { from, to, "from-file": file, restart, verify } = values;
  if (from !== "d1" || to !== "mysql") {
    throw new UsageError(
      `migrate-database goes --from d1 --to mysql, not from "${from ?? ""}" to "${to ?? ""}"`,
    );
  }
  if (restart && verify) throw new UsageError("--restart and --verify exclude each other");
  if (file !== undefined && !existsSync(file)) throw new UsageError(`There is no file ${file}`);
  const target = targetOf(values);
  const dump = file === undefined ? undefined : resolve(file);
  return { target, state: target.state, file: dump, restart, verifyOnly: verify };
};

/** Which MySQL `npm start` would take, unless a flag says another. */
const targetOf = ({ url, state, secrets }: Where): DatabaseChoice => {
  for (const [name, value] of Object.entries({ url, state, secrets })) {
    if (value === "") throw new UsageError(`--${name} needs a value`);
  }
  if (url !== undefined && !/^(https?|mysql):\/\//.test(url)) {
    throw new UsageError("--url is mysql://… or https://…");
  }
  const variables = existsSync(secrets) ? readVariables(secrets) : {};
  const choice = choiceOf({ state: resolve(state), database: "mysql" }, variables);
  return { ...choice, url: url ?? choice.url };
};
