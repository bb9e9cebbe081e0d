/** Another try where a failure may pass. */
import { setTimeout as sleep } from "node:timers/promises";
import { explainMySql } from "../../src/adapters/mysql/explain.ts";
import { DatabaseError } from "../../src/ports/database.ts";

/** About 6 s altogether: a server that is switched over, a lock, a lost answer. */
const PAUSES_MS: readonly number[] = [100, 400, 1_500, 4_000];

/**
 * @param call has to be safe to repeat
 * @throws DatabaseError when it fails for good, or once too often, or `signal` is aborted
 */
export const retrying = async <Answer>(
  call: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> => {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await call();
    } catch (cause) {
      const error = explained(cause);
      if (!error.transient || signal.aborted) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return call().catch((cause: unknown) => {
    throw explained(cause);
  });
};

const explained = (cause: unknown): DatabaseError =>
  cause instanceof DatabaseError ? cause : explainMySql(cause);
