import type { RawFindings } from "./duck.ts";
import type { Counts, Truth } from "./oracle.ts";

/** All that a run leaves behind for its judgement. */
export interface Evidence extends RawFindings {
  readonly truth: Truth;
  /** Cells of the Tallies, 15 minutes after each hour's end and before its correction. */
  readonly realtime: Counts;
  /** The same at the end. */
  readonly cells: Counts;
  /** `hour content shard`, in the Tallies and in the database. */
  readonly parts: Counts;
  readonly rows: Counts;
  readonly days: Counts;
  readonly uniques: Counts;
  /** Those of contents that were in two shards on one day: sums of what each shard found. */
  readonly movedUniques: Counts;
  readonly countries: Counts;
  /** Of contents that were in one shard on the day: each shard's small places are told together. */
  readonly regions: Counts;
  /** By `period content`, what the statistics tell of the contents viewed most, and what SQL finds for all of them. */
  readonly told: Counts;
  readonly summed: Counts;
  /** Rows of the database that are not final at the end. */
  readonly provisional: number;
  /** What clients were told that the protocol does not say. */
  readonly unexpected: readonly string[];
  /** What the product reported as an error. */
  readonly errors: readonly string[];
}

export interface Difference {
  /** Keys with a number other than 0 on either side. */
  readonly keys: number;
  /** Of these, equal. */
  readonly equal: number;
  /** Sum of how near each is: the smaller of the two numbers as a share of the larger. */
  readonly nearness: number;
  /** Sum of what each is off by, and of the expected numbers. */
  readonly offBy: number;
  readonly expected: number;
  /** Some that differ: key, expected and found. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 5;

export const compare = (expected: Counts, found: Counts): Difference => {
  let [keys, equal, nearness, offBy, sum] = [0, 0, 0, 0, 0];
  const examples: string[] = [];
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [there, here] = [expected.get(key) ?? 0, found.get(key) ?? 0];
    if (there === 0 && here === 0) continue;
    keys += 1;
    nearness += Math.min(there, here) / Math.max(there, here);
    sum += there;
    if (there === here) equal += 1;
    else if (examples.length < MAX_EXAMPLES) examples.push(`${key}: ${here} and not ${there}`);
    offBy += Math.abs(there - here);
  }
  return { keys, equal, nearness, offBy, expected: sum, examples };
};
