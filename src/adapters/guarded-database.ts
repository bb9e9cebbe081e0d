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

export interface GuardDeps {
  /** What the vendor's error means. */
  explain(cause: unknown): DatabaseError;
  readonly timers: Timers;
  readonly random: Random;
}

/**
 * Gives every call a timeout and, where the failure may pass, two more tries after a random pause: every call is safe
 * to repeat. All that comes out is a `DatabaseError`.
 */
export const guardedDatabase = (database: Database, deps: GuardDeps): Database => {
  const { timers } = deps;
  const guard =
    (what: string, timeoutMs: number, call: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]): Promise<unknown> => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await demandWithin(call(...args), timeoutMs, what, timers);
        } catch (cause) {
          const error = asDatabaseError(cause, what, deps);
          if (!error.transient || attempt === DATABASE_ATTEMPTS) throw error;
          await timers.start(pauseMs(deps)).elapsed;
        }
      }
    };
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

/** Random, so that two who have locked each other out do not meet again. */
const pauseMs = ({ random }: GuardDeps): number =>
  DATABASE_RETRY_MIN_MS + random.fraction() * (DATABASE_RETRY_MAX_MS - DATABASE_RETRY_MIN_MS);
