/**
 * Whether a server that follows the writer of a database is too far behind it. All that readers are asked for is
 * written before the row of the run that wrote it, and a server takes over everything in the order in which it was
 * written: who has the row of a run has what it wrote.
 */
import { READER_LAG_MS, READER_RUNS } from "./limits.ts";

/** One of a job's. */
export interface FlushRun {
  readonly id: string;
  /** Ms. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/**
 * Asks for more than the youngest run: just after a flush nobody has to have it yet, and a server that stands still
 * for an hour would pass for a good one.
 * @param writer the writer's youngest runs of a job, at most `READER_RUNS`, the youngest first
 * @param reader the same of the server that follows it
 * @param at when it told them, ms
 * @returns ms since the end of the oldest run that it should have and has not; undefined: it has them all
 */
export const lagOf = (
  writer: readonly FlushRun[],
  reader: readonly FlushRun[],
  at: number,
): number | undefined => {
  const missing = writer.filter((run, index) => {
    // Where there are that many young ones, flushes follow each other so fast that the last one here is old enough.
    const isDue = at - endOf(run) > READER_LAG_MS || index === READER_RUNS - 1;
    return isDue && !has(reader, run);
  });
  if (missing.length === 0) return undefined;
  return at - Math.min(...missing.map(endOf));
};

const endOf = ({ startedAt, durationMs }: FlushRun): number => startedAt + durationMs;

/**
 * Told after the writer's, the reader's may all be younger. By their ends, when their rows are written: of flushes that
 * overlapped, the one that began first may be the last to be taken over.
 */
const has = (runs: readonly FlushRun[], wanted: FlushRun): boolean =>
  runs.some(({ id }) => id === wanted.id) ||
  (runs.length === READER_RUNS && runs.every((run) => endOf(run) > endOf(wanted)));
