/** Which stores a deployment has, and how they are reached: always said, never inferred from what happens to be there. */
import { READER_ROLES, type ReaderRole } from "./core/reader-roles.ts";

/** A secret left over from elsewhere moves nothing: it is looked at only when the choice that needs it is made. */
export interface StoreVariables {
  readonly DATABASE?: string;
  readonly DB?: D1Database | undefined;
  readonly DATABASE_URL?: string;
  readonly DATABASE_RANKING_URL?: string;
  readonly DATABASE_HISTORY_URL?: string;
  readonly DATABASE_ANALYTICS_URL?: string;
  readonly READ_MODEL?: string;
  readonly UPSTASH_REDIS_REST_URL?: string;
  readonly UPSTASH_REDIS_REST_TOKEN?: string;
}

export type DatabaseConfig =
  | { readonly kind: "d1"; readonly binding: D1Database }
  | {
      readonly kind: "mysql";
      /** Of the writer. */
      readonly url: string;
      /** Servers that follow it, of the roles that have one. */
      readonly readers: Readonly<Partial<Record<ReaderRole, string>>>;
    };

/** `objects`: the objects answer readers themselves. */
export type ReadModelConfig =
  | { readonly kind: "objects" }
  | { readonly kind: "redis"; readonly url: string; readonly token: string };

type Refuse = (variable: string, reason: string) => undefined;

/** @returns undefined when something is wrong, and has been refused */
export const checkDatabase = (env: StoreVariables, refuse: Refuse): DatabaseConfig | undefined => {
  const { DATABASE, DATABASE_URL, DB } = env;
  if (DATABASE === "d1") {
    if (DB === undefined) return refuse("DB", "DATABASE=d1 needs this binding");
    return { kind: "d1", binding: DB };
  }
  if (DATABASE !== "mysql") return refuse("DATABASE", 'it has to be "d1" or "mysql"');
  if (!DATABASE_URL) return refuse("DATABASE_URL", "DATABASE=mysql needs it");
  const shape = "it has to be https://USER:PASSWORD@HOST, as PlanetScale gives";
  if (!isDatabaseUrl(DATABASE_URL)) return refuse("DATABASE_URL", shape);
  const readers: Partial<Record<ReaderRole, string>> = {};
  for (const role of READER_ROLES) {
    const variable = READER_VARIABLES[role];
    const url = env[variable];
    if (!url) continue;
    if (!isDatabaseUrl(url)) return refuse(variable, shape);
    readers[role] = url;
  }
  return { kind: "mysql", url: DATABASE_URL, readers };
};

const READER_VARIABLES = {
  ranking: "DATABASE_RANKING_URL",
  history: "DATABASE_HISTORY_URL",
  analytics: "DATABASE_ANALYTICS_URL",
} as const satisfies Record<ReaderRole, keyof StoreVariables>;

/** @returns undefined when something is wrong, and has been refused */
export const checkReadModel = (
  env: StoreVariables,
  refuse: Refuse,
): ReadModelConfig | undefined => {
  const { READ_MODEL, UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env;
  if (READ_MODEL === "objects") return { kind: "objects" };
  if (READ_MODEL !== "redis") return refuse("READ_MODEL", 'it has to be "objects" or "redis"');
  if (!url || !isSafeUrl(url)) {
    return refuse("UPSTASH_REDIS_REST_URL", "READ_MODEL=redis needs it: https://HOST");
  }
  if (!token) return refuse("UPSTASH_REDIS_REST_TOKEN", "READ_MODEL=redis needs it");
  return { kind: "redis", url, token };
};

const isDatabaseUrl = (text: string): boolean => {
  if (!isSafeUrl(text)) return false;
  const { username, password } = new URL(text);
  return username !== "" && password !== "";
};

/** Plain http is for a gateway on this machine: elsewhere the password would travel readable. */
const isSafeUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
};

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
