import {
  RAW_LOG_ATTEMPTS,
  RAW_LOG_PUT_TIMEOUT_MS,
  RAW_LOG_RETRY_MAX_MS,
  RAW_LOG_RETRY_MIN_MS,
  RAW_LOG_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Random } from "../../ports/random.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import { type Failure, repeated, type Tries } from "../repeated.ts";
import { gunzipLines, gzipLines } from "./gzip-lines.ts";

interface Deps {
  readonly timers: Timers;
  readonly random: Random;
}

/** R2 deletes no more keys in one call. */
const NAMES_PER_DELETE = 1_000;

const TRIES: Tries = {
  attempts: RAW_LOG_ATTEMPTS,
  minPauseMs: RAW_LOG_RETRY_MIN_MS,
  maxPauseMs: RAW_LOG_RETRY_MAX_MS,
};

/**
 * The raw log in an R2 bucket. Calls have a timeout and are tried again: each is safe to repeat, a put because it never
 * replaces anything.
 */
export const r2RawLog = (bucket: R2Bucket, deps: Deps): RawLog => {
  const { timers } = deps;
  const guarded = <T>(
    what: string,
    call: () => Promise<T>,
    timeoutMs = RAW_LOG_TIMEOUT_MS,
  ): Promise<T> =>
    repeated(
      () => demandWithin(call(), timeoutMs, what, timers),
      (cause) => failureOf(what, cause),
      TRIES,
      deps,
    );

  return {
    async put(name, lines) {
      const gzip = await gzipLines(lines, () => timers.start(0).elapsed);
      return guarded(
        `put of "${name}"`,
        () => putIfAbsent(bucket, name, gzip),
        RAW_LOG_PUT_TIMEOUT_MS,
      );
    },
    async read(name) {
      const what = `read of "${name}"`;
      const object = await guarded(what, () => bucket.get(name));
      if (object === null) return undefined;
      return gunzipLines(object.body, (piece) =>
        demandWithin(piece, RAW_LOG_TIMEOUT_MS, `raw log: ${what}`, timers),
      );
    },
    list(prefix, after) {
      const startAfter = after === undefined ? {} : { startAfter: after };
      return guarded(`list of "${prefix}"`, () => listSome(bucket, { prefix, ...startAfter }));
    },
    async delete(names) {
      for (let from = 0; from < names.length; from += NAMES_PER_DELETE) {
        const some = names.slice(from, from + NAMES_PER_DELETE);
        await guarded(`delete of ${some.length} objects`, () => bucket.delete(some));
      }
    },
  };
};

/** R2 says too little of a failure to tell which ones last; a few tries more do no harm. */
const failureOf = (what: string, cause: unknown): Failure => {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { error: new Error(`raw log: ${what}: ${message}`, { cause }), mayPass: true };
};

/** @returns bytes of the object of this name, whoever put it */
const putIfAbsent = async (bucket: R2Bucket, name: string, gzip: ArrayBuffer): Promise<number> => {
  const stored =
    (await bucket.put(name, gzip, { onlyIf: { etagDoesNotMatch: "*" } })) ??
    (await bucket.head(name));
  if (stored === null) throw new Error("the object that was there is gone");
  return stored.size;
};

/** A page may be empty and not be the last. */
const listSome = async (bucket: R2Bucket, options: R2ListOptions): Promise<readonly string[]> => {
  let page = await bucket.list(options);
  while (page.objects.length === 0 && page.truncated) {
    page = await bucket.list({ ...options, cursor: page.cursor });
  }
  return page.objects.map(({ key }) => key);
};
