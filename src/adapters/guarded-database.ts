import {
  DATABASE_ATTEMPTS,
  DATABASE_READ_TIMEOUT_MS,
  DATABASE_RETRY_MAX_MS,
  DATABASE_RETRY_MIN_MS,
  DATABASE_TIMEOUT_MS,
  MOST_VIEWED_TIMEOUT_MS,
  UPKEEP_TIMEOUT_MS,
} from "../core/limits.ts";
import type { AccessKeyTables } from "../ports/access-key-tables.ts";
import {
  type ContentTables,
  type CountTables,
  type Database,
  DatabaseError,
  type JobTables,
  type RegistryTables,
  type StreamTables,
} from "../ports/database.ts";
import { RestingError } from "../ports/resting.ts";
import type { StatisticsTables } from "../ports/statistics-tables.ts";
import { TimeoutError } from "../ports/timers.ts";
import { type Explained, type GuardDeps, guarded, type Policy } from "./guarded.ts";

export interface GuardedDatabaseDeps extends GuardDeps {
  /** What the vendor's error means. */
  explain(cause: unknown): DatabaseError;
  /** Of each call; what is usual when absent. */
  readonly attempts?: number;
}

/**
 * Gives every call a timeout and, where the failure may pass, two more tries after a random pause: every call is safe
 * to repeat. With a breaker, a database that fails is left alone. All that comes out is a `DatabaseError`.
 */
export const guardedDatabase = (database: Database, deps: GuardedDatabaseDeps): Database => {
  const guardAll = <Tables extends object>(tables: Tables, timeoutMs?: number): Tables =>
    guarded(tables, policyOf(timeoutMs, deps), deps);
  return {
    counts: guardAll(database.counts),
    shards: guardAll(database.shards),
    statistics: guardAll(database.statistics),
    corrections: guardAll(database.corrections),
    exclusions: guardAll(database.exclusions),
    suspicions: guardAll(database.suspicions),
    audit: guardAll(database.audit),
    idempotency: guardAll(database.idempotency),
    contents: guardAll(database.contents),
    registry: guardAll(database.registry),
    streams: guardAll(database.streams),
    users: guardAll(database.users),
    jobs: guardAll(database.jobs),
    upkeep: guardAll(database.upkeep, UPKEEP_TIMEOUT_MS),
    keys: guardAll(database.keys),
  };
};

/** What is read while somebody waits to show a number; statistics may take as long as their span takes. */
const SHOWN_AT_ONCE = new Set<string>([
  "findStreams",
  "content",
  "findContents",
  "totals",
  "currents",
  "ranking",
  "lastWhole",
  "recent",
  "standing",
] satisfies readonly (
  | keyof RegistryTables
  | keyof ContentTables
  | keyof CountTables
  | keyof StreamTables
  | keyof JobTables
  | keyof AccessKeyTables
)[]);

/** @param ownMs of tables with a time of their own */
const policyOf = (ownMs: number | undefined, deps: GuardedDatabaseDeps): Policy => {
  const { explain, gate, atRest, attempts = DATABASE_ATTEMPTS } = deps;
  // A reader has waited long enough then, and the breaker has to learn of it while the request is there to tell it.
  const isReader = gate !== undefined && atRest !== "try";
  const timeoutOf = (method: string): number => {
    if (method === ("mostViewed" satisfies keyof StatisticsTables)) return MOST_VIEWED_TIMEOUT_MS;
    return isReader && SHOWN_AT_ONCE.has(method) ? DATABASE_READ_TIMEOUT_MS : DATABASE_TIMEOUT_MS;
  };
  return {
    port: "database",
    timeoutMs: ownMs ?? timeoutOf,
    tries: {
      attempts,
      minPauseMs: DATABASE_RETRY_MIN_MS,
      maxPauseMs: DATABASE_RETRY_MAX_MS,
    },
    explain(cause, what): Explained {
      const error = asDatabaseError(cause, what, explain);
      const mayPass = error.transient && !(isReader && cause instanceof TimeoutError);
      return { error, mayPass, fault: error.transient ? "backend" : "caller" };
    },
  };
};

const asDatabaseError = (
  cause: unknown,
  what: string,
  explain: GuardedDatabaseDeps["explain"],
): DatabaseError => {
  if (cause instanceof TimeoutError) return new DatabaseError(cause.message, { transient: true });
  if (cause instanceof RestingError) {
    return new DatabaseError(`${what}: ${cause.message}`, { transient: true, cause });
  }
  const { message, transient } = cause instanceof DatabaseError ? cause : explain(cause);
  return new DatabaseError(`${what}: ${message}`, { transient });
};
