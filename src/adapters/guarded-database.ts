import {
  DATABASE_ATTEMPTS,
  DATABASE_RETRY_MAX_MS,
  DATABASE_RETRY_MIN_MS,
  DATABASE_TIMEOUT_MS,
  UPKEEP_TIMEOUT_MS,
} from "../core/limits.ts";
import { type Database, DatabaseError } from "../ports/database.ts";
import { RestingError } from "../ports/resting.ts";
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
  const guardAll = <Tables extends object>(
    tables: Tables,
    timeoutMs = DATABASE_TIMEOUT_MS,
  ): Tables => guarded(tables, policyOf(timeoutMs, deps), deps);
  return {
    counts: guardAll(database.counts),
    shards: guardAll(database.shards),
    statistics: guardAll(database.statistics),
    corrections: guardAll(database.corrections),
    exclusions: guardAll(database.exclusions),
    contents: guardAll(database.contents),
    registry: guardAll(database.registry),
    streams: guardAll(database.streams),
    jobs: guardAll(database.jobs),
    upkeep: guardAll(database.upkeep, UPKEEP_TIMEOUT_MS),
  };
};

const policyOf = (timeoutMs: number, deps: GuardedDatabaseDeps): Policy => {
  const { explain, gate, atRest, attempts = DATABASE_ATTEMPTS } = deps;
  // A reader has waited long enough then, and the breaker has to learn of it while the request is there to tell it.
  const isReader = gate !== undefined && atRest !== "try";
  return {
    port: "database",
    timeoutMs,
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
