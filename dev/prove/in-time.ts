import { setTimeout as sleep } from "node:timers/promises";

/** Nothing that a proof waits for takes longer on a machine that works. */
export const DEADLINE_MS = 90_000;

/** @throws when `work` has not ended by then */
export const inTime = async (what: string, work: Promise<void>): Promise<void> => {
  const controller = new AbortController();
  const late = sleep(DEADLINE_MS, undefined, { signal: controller.signal }).then(
    () => Promise.reject(new Error(`${what} took longer than ${DEADLINE_MS / 1_000} s`)),
    () => undefined,
  );
  await Promise.race([work, late]).finally(() => controller.abort());
};
