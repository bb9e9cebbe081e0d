import { SUSPECT_MODES, type SuspectMode } from "./core/suspicion/held.ts";
import type { NetworkCaps } from "./core/views/network-cap.ts";
import { makeCalendar, type ReportingCalendar } from "./core/views/reporting-day.ts";
import { parseSchedule, type ShardSchedule } from "./core/views/shards.ts";
import { type CapVariables, checkCaps } from "./env-caps.ts";
import { readAdminKeys } from "./env-keys.ts";
import { checkLimits, type Limits } from "./env-limits.ts";
import {
  checkDatabase,
  checkReadModel,
  type DatabaseConfig,
  type ReadModelConfig,
  type StoreVariables,
} from "./env-stores.ts";
import { fromBase64Url } from "./protocol/base64url.ts";
import type { NetworkCapsRpc } from "./protocol/caps-rpc.ts";
import type { CorrectorRpc } from "./protocol/correction-rpc.ts";
import type { CollectorRpc, SaltsRpc, TallyRpc } from "./protocol/object-rpc.ts";
import type { ViewRankingsRpc } from "./protocol/rankings-rpc.ts";
import type { RankingsRpc, RoomRpc } from "./protocol/room-rpc.ts";

type Objects =
  | "COLLECTORS"
  | "TALLIES"
  | "CORRECTORS"
  | "SALTS"
  | "ROOMS"
  | "RANKINGS"
  | "VIEW_RANKINGS"
  | "NETWORK_CAPS";
type Variables =
  | "TALLY_SHARDS"
  | "REPORT_TIMEZONE"
  | "CONTENTS"
  | "ALLOWED_ORIGINS"
  | "SOCKETS_PER_NETWORK"
  | "SUSPECTS"
  | "LIMITS";

/** What the platform hands us, unchecked: variables may be missing from a deployment's own file, secrets from its store. */
export interface UncheckedEnv
  extends Omit<Env, Objects | Variables | "RAW_LOG" | keyof StoreVariables | keyof CapVariables>,
    Partial<Record<Variables, string>>,
    StoreVariables,
    CapVariables {
  readonly RAW_LOG?: R2Bucket | undefined;
  readonly COLLECTORS: { getByName(name: string): CollectorRpc };
  readonly TALLIES: { getByName(name: string): TallyRpc };
  readonly CORRECTORS: { getByName(name: string): CorrectorRpc };
  readonly SALTS: { getByName(name: string): SaltsRpc };
  readonly ROOMS: { getByName(name: string): RoomRpc };
  readonly RANKINGS: { getByName(name: string): RankingsRpc };
  readonly VIEW_RANKINGS: { getByName(name: string): ViewRankingsRpc };
  readonly NETWORK_CAPS: { getByName(name: string): NetworkCapsRpc };
  readonly TOKEN_KEYS?: string;
  readonly TICKET_KEYS?: string;
  readonly ADMIN_KEY?: string;
}

export interface TokenKeyConfig {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** Checked once; nothing behind it looks at a variable again. */
export interface Config {
  readonly tokenKeys: readonly [TokenKeyConfig, ...TokenKeyConfig[]];
  /** A site's keys for tickets to streams; without any, every ticket is refused. */
  readonly ticketKeys: readonly TokenKeyConfig[];
  /** Connections one network may have in one stream. */
  readonly socketsPerNetwork: number;
  readonly caps: NetworkCaps;
  /** How many requests of whom in which time. */
  readonly limits: Limits;
  readonly schedule: ShardSchedule;
  readonly calendar: ReportingCalendar;
  /** Origins that may count here; `undefined` is all of them. */
  readonly allowedOrigins: ReadonlySet<string> | undefined;
  /** `open`: a content is whatever is viewed. `registered`: only what an operator put in. */
  readonly contents: "open" | "registered";
  /** What becomes of views that look made up until correction decides. */
  readonly suspects: SuspectMode;
  /** The deployment's own, each for everything. */
  readonly adminKeys: readonly [string, ...string[]];
  readonly database: DatabaseConfig;
  readonly readModel: ReadModelConfig;
  readonly rawLog: R2Bucket;
}

export interface ConfigProblem {
  readonly variable: string;
  readonly reason: string;
}

export type ConfigResult =
  | { readonly status: "ok"; readonly config: Config }
  | { readonly status: "refused"; readonly problems: readonly ConfigProblem[] };

/** @returns the whole list of what is wrong, so that an operator mends it in one go */
export const checkEnv = (env: UncheckedEnv, now: number): ConfigResult => {
  const problems: ConfigProblem[] = [];
  const refuse = (variable: string, reason: string): undefined => {
    problems.push({ variable, reason });
    return undefined;
  };

  const tokenKeys = readTokenKeys(env.TOKEN_KEYS, (reason) => refuse("TOKEN_KEYS", reason));
  const ticketKeys = env.TICKET_KEYS
    ? readTokenKeys(env.TICKET_KEYS, (reason) => refuse("TICKET_KEYS", reason))
    : [];
  const perNetwork = env.SOCKETS_PER_NETWORK ?? DEFAULT_SOCKETS_PER_NETWORK;
  const socketsPerNetwork = /^[1-9]\d{0,4}$/.test(perNetwork)
    ? Number(perNetwork)
    : refuse("SOCKETS_PER_NETWORK", "it has to be a number from 1 to 99999");
  const caps = checkCaps(env, refuse);
  const parsed = parseSchedule(env.TALLY_SHARDS ?? "");
  const schedule = parsed.status === "ok" ? parsed.schedule : refuse("TALLY_SHARDS", parsed.reason);
  const made = makeCalendar(env.REPORT_TIMEZONE ?? DEFAULT_TIMEZONE, now);
  const calendar = made.status === "ok" ? made.calendar : refuse("REPORT_TIMEZONE", made.reason);
  const allowedOrigins = readOrigins(env.ALLOWED_ORIGINS ?? "", (reason) =>
    refuse("ALLOWED_ORIGINS", reason),
  );
  const suspects =
    SUSPECT_MODES.find((mode) => mode === (env.SUSPECTS ?? "count")) ??
    refuse("SUSPECTS", 'it has to be "count" or "hold"');
  const limits = checkLimits(env.LIMITS, refuse);
  const contents =
    CONTENTS_MODES.find((mode) => mode === env.CONTENTS) ??
    refuse("CONTENTS", 'it has to be "open" or "registered"');
  const adminKeys = readAdminKeys(env.ADMIN_KEY, (reason) => refuse("ADMIN_KEY", reason));
  const database = checkDatabase(env, refuse);
  const readModel = checkReadModel(env, refuse);
  const rawLog = env.RAW_LOG ?? refuse("RAW_LOG", "this binding of an R2 bucket is missing");
  const parts = {
    ...{ tokenKeys, ticketKeys, adminKeys, schedule, calendar, contents, suspects },
    ...{ socketsPerNetwork, caps, limits, database, readModel, rawLog },
  };
  if (problems.length > 0 || !isWhole(parts)) return { status: "refused", problems };
  return { status: "ok", config: { ...parts, allowedOrigins } };
};

type Whole<Parts> = { readonly [Name in keyof Parts]: Exclude<Parts[Name], undefined> };

/** A part that is missing has been refused, with a reason. */
const isWhole = <Parts extends object>(parts: Parts): parts is Parts & Whole<Parts> =>
  Object.values(parts).every((part) => part !== undefined);

const CONTENTS_MODES = ["open", "registered"] as const;
const DEFAULT_TIMEZONE = "UTC";
/** An office or a campus behind one address watches together; a machine that inflates a number stays in bounds. */
const DEFAULT_SOCKETS_PER_NETWORK = "200";
const MIN_SECRET_BYTES = 32;
const TOKEN_KEY = /^([A-Za-z0-9]{1,8}):([A-Za-z0-9_-]+)$/;

type Refuse = (reason: string) => undefined;

/** `k2:<base64url>,k1:<base64url>`: the first key seals, all of them open. */
const readTokenKeys = (text: string | undefined, refuse: Refuse) => {
  if (text === undefined || text === "") return refuse("it is missing");
  const keys: TokenKeyConfig[] = [];
  for (const part of text.split(",")) {
    const [, id, encoded] = TOKEN_KEY.exec(part.trim()) ?? [];
    const secret = fromBase64Url(encoded ?? "");
    if (id === undefined || secret === undefined || secret.length < MIN_SECRET_BYTES) {
      return refuse(
        `each key is ID:SECRET, the secret ${MIN_SECRET_BYTES} bytes or more in base64url`,
      );
    }
    keys.push({ id, secret });
  }
  if (new Set(keys.map(({ id }) => id)).size < keys.length) return refuse("two keys have one id");
  const [first, ...rest] = keys;
  return first === undefined ? refuse("it is empty") : ([first, ...rest] as const);
};

/** `*`, or origins as browsers send them: `https://example.org,https://www.example.org`. */
const readOrigins = (text: string, refuse: Refuse): ReadonlySet<string> | undefined => {
  if (text === "*") return undefined;
  const origins = text.split(",").map((part) => part.trim());
  const wrong = origins.find((origin) => !isOrigin(origin));
  return wrong === undefined ? new Set(origins) : refuse(`"${wrong}" is no origin`);
};

/** A `*` inside would be taken for a pattern, and match nothing. */
const isOrigin = (text: string): boolean =>
  URL.canParse(text) && new URL(text).origin === text && !text.includes("*");
