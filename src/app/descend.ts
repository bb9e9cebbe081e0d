import type { Log } from "../ports/log.ts";
import { isResting } from "../ports/resting.ts";

/** One way to come by values. */
export interface Rung<Key, Value, Source extends string> {
  /** What is said of where they came from. */
  readonly source: Source;
  /** @returns those it can tell @throws when it can tell nothing now */
  ask(keys: readonly Key[]): Promise<ReadonlyMap<Key, Value>>;
}

export interface Descent<Key, Value, Source extends string> {
  readonly found: ReadonlyMap<Key, { readonly value: Value; readonly source: Source }>;
  /** Rungs that were asked in vain, not those that merely did not know. */
  readonly failed: ReadonlySet<Source>;
}

/**
 * Goes down a ladder: each rung is asked once, for what those above it could not tell, and none when nothing is
 * missing any more. What no rung could tell is absent.
 * @param event logged for each rung that fails; that it is left alone after failures is logged elsewhere
 */
export const descend = async <Key, Value, Source extends string>(
  rungs: readonly Rung<Key, Value, Source>[],
  keys: readonly Key[],
  log: Log,
  event: string,
): Promise<Descent<Key, Value, Source>> => {
  const found = new Map<Key, { readonly value: Value; readonly source: Source }>();
  const failed = new Set<Source>();
  for (const { source, ask } of rungs) {
    const missing = keys.filter((key) => !found.has(key));
    if (missing.length === 0) break;
    try {
      for (const [key, value] of await ask(missing)) found.set(key, { value, source });
    } catch (cause) {
      failed.add(source);
      if (!isResting(cause)) log.warn(event, { rung: source, cause: `${cause}` });
    }
  }
  return { found, failed };
};

/** A rung of a ladder with one thing to tell. */
export interface Step<Value, Source extends string> {
  readonly source: Source;
  /** @returns undefined: it does not know @throws when it can tell nothing now */
  ask(): Promise<Value | undefined>;
}

export interface DescentForOne<Value, Source extends string> {
  readonly found: { readonly value: Value; readonly source: Source } | undefined;
  /** A step was asked in vain. */
  readonly failed: boolean;
}

/** @see descend */
export const descendForOne = async <Value, Source extends string>(
  steps: readonly Step<Value, Source>[],
  log: Log,
  event: string,
): Promise<DescentForOne<Value, Source>> => {
  const rungs = steps.map(({ source, ask }) => ({
    source,
    ask: async () => {
      const value = await ask();
      return new Map(value === undefined ? [] : [[ONE, value]]);
    },
  }));
  const { found, failed } = await descend(rungs, [ONE], log, event);
  return { found: found.get(ONE), failed: failed.size > 0 };
};

const ONE = "";
