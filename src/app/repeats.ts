/** Requests that may be sent again: done once, and answered the same as often as they come. */
import {
  REPEAT_DEAD_MS,
  REPEAT_MAX_ANSWER_BYTES,
  REPEAT_RENEW_MS,
  REPEATS_KEPT_MS,
} from "../core/limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClaimOutcome, Held, IdempotencyTables, KeptAnswer } from "../ports/idempotency.ts";
import type { Log } from "../ports/log.ts";
import type { Random } from "../ports/random.ts";
import { ELAPSED, type Timers, within } from "../ports/timers.ts";
import { pathHash } from "../protocol/path-hash.ts";
import { sha256Hex } from "../protocol/sha256.ts";
import { uuid } from "./uuid.ts";

export interface RepeatDeps {
  readonly tables: Omit<IdempotencyTables, "deleteBefore">;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Log;
}

export interface RepeatableRequest {
  /** As the caller gave it, and who that is: the key of another caller is another key. */
  readonly key: string;
  readonly actor: string;
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** The path decoded. */
  readonly path: string;
  readonly body: Uint8Array;
}

export interface ClaimedRequest {
  readonly held: Held;
  readonly outcome: ClaimOutcome;
}

/** @throws when the database does not answer: then nothing is known of the request, and nothing may be done */
export const claimRequest = async (
  { tables, clock, random }: RepeatDeps,
  { key, actor, method, target, path, body }: RepeatableRequest,
): Promise<ClaimedRequest> => {
  const at = clock.now();
  // Neither part can hold a line break, so no two pairs are one text.
  const held: Held = { key: await sha256Hex(`${actor}\n${key}`), owner: uuid(at, random) };
  const claim = {
    ...held,
    pathHash: await pathHash(path),
    requestHash: await sha256Hex(`${method} ${target}\n${await sha256Hex(body)}`),
    at,
  };
  const bounds = { deadAt: at - REPEAT_DEAD_MS, expiredAt: at - REPEATS_KEPT_MS };
  return { held, outcome: await tables.claim(claim, bounds) };
};

/** Waits for the work on a request with a sign of life from time to time, lest somebody take it over. */
export const whileHeld = async <T>(
  { tables, clock, timers, log }: RepeatDeps,
  held: Held,
  work: Promise<T>,
): Promise<T> => {
  for (;;) {
    const result = await within(work, REPEAT_RENEW_MS, timers);
    if (result !== ELAPSED) return result;
    // Nobody waits for it: one that arrives behind the answer changes nothing.
    tables
      .renew(held, clock.now())
      .catch((cause) => log.error("repeats.not-renewed", { cause: `${cause}` }));
  }
};

/**
 * Keeps the answer, or lets the key go where the same request may be answered otherwise the next time. What was done is
 * done: an answer that cannot be kept goes out all the same, and the repeat runs when the claim is dead.
 * @param answer absent: the work failed without one
 */
export const settleRequest = async (
  { tables, log }: RepeatDeps,
  held: Held,
  answer: KeptAnswer | undefined,
): Promise<void> => {
  try {
    if (answer !== undefined && isLasting(answer)) await tables.keep(held, answer);
    else await tables.release(held);
  } catch (cause) {
    log.error("repeats.not-settled", { cause: `${cause}` });
  }
};

/** About who asks or when, not about the request. */
const PASSING: ReadonlySet<number> = new Set([401, 403, 408, 429]);

const isLasting = ({ status, type, body }: KeptAnswer): boolean => {
  const isAboutRequest = status >= 200 && status < 500 && !PASSING.has(status);
  return isAboutRequest && bytesOf(`${type}\n${body}`) <= REPEAT_MAX_ANSWER_BYTES;
};

const bytesOf = (text: string): number => new TextEncoder().encode(text).byteLength;
