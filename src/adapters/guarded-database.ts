import {
  DATABASE_ATTEMPTS,
  DATABASE_RETRY_MAX_MS,
  DATABASE_RETRY_MIN_MS,
  DATABASE_TIMEOUT_MS,
  UPKEEP_TIMEOUT_MS,
} from "../core/limits.ts";
import { type Database, DatabaseError } from "../ports/database.ts";
import type { Random } from "../ports/random.ts";
import { demandWithin, TimeoutError, type Timers } from "../ports/timers.ts";
import { repeated, type Tries } from "./repeated.ts";

export interface GuardDeps {
  /** What the vendor's error means. */
  explain(cause: unknown): DatabaseError;
  readonly timers: Timers;
  readonly random: Random;
  /** Of each call; what is usual when absent. */
  readonly attempts?: number;
}

/**
 * Gives every call a timeout and, where the failure may pass, two more tries after a random pause: every call is safe
 * to repeat. All that comes out is a `DatabaseError`.
 */
export const guardedDatabase = (database: Database, deps: GuardDeps): Database => {
  const { timers, attempts = TRIES.attempts } = deps;
  const guard =
    (what: string, timeoutMs: number, call: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]): Promise<unknown> =>
      repeated(
        () => demandWithin(call(...args), timeoutMs, what, timers),
        (cause) => {
          const error = asDatabaseError(cause, what, deps);
          return { error, mayPass: error.transient };
        },
        { ...TRIES, attempts },
        deps,
      );
  const guardAll = <Tables extends object>(
    tables: Tables,
    timeoutMs = DATABASE_TIMEOUT_MS,
  ): Tables =>
    Object.fromEntries(
      Object.entries(tables).map(([name, call]) => [
        name,
        guard(`database.${name}`, timeoutMs, call),
      ]),
    ) as Tables;
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

const asDatabaseError = (cause: unknown, what: string, { explain }: GuardDeps): DatabaseError => {
  if (cause instanceof TimeoutError) return new DatabaseError(cause.message, { transient: true });
  const { message, transient } = cause instanceof DatabaseError ? cause : explain(cause);
  return new DatabaseError(`${what}: ${message}`, { transient });
};

const TRIES: Tries = {
  attempts: DATABASE_ATTEMPTS,
  minPauseMs: DATABASE_RETRY_MIN_MS,
  maxPauseMs: DATABASE_RETRY_MAX_MS,
};
