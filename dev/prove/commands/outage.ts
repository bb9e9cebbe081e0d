/** Flags of the database that is away, and what has to come of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proveOutage } from "../outage.ts";
import { print } from "../print.ts";
import { flagsOf, type Proof, positive } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const outageMs = positive(values.seconds ?? "60") * 1_000;
  const seed = positive(values.seed);
  const state = mkdtempSync(join(tmpdir(), "headcount-outage-"));
  console.log(`seed ${seed}, state ${state}`);
  const { latency, ...numbers } = await proveOutage({
    ...{ beforeMs: 10_000, outageMs, afterMs: 20_000, seed, state, log: console.log },
  });
  const latencies = Object.entries(latency).map(
    ([phase, { requests, p50Ms, p99Ms, maxMs }]): [string, string] => [
      `confirms ${phase}`,
      `${requests}, p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`,
    ],
  );
  print([...Object.entries(numbers), ...latencies]);
  const { sent, durable, counted, saved, flushesAway, failedFlushesAway } = numbers;
  const holds =
    [sent, counted, saved].every((count) => count === durable) &&
    numbers.failedConfirms + numbers.failedReads + numbers.differing === 0 &&
    flushesAway > 0 &&
    failedFlushesAway === flushesAway;
  if (holds) rmSync(state, { recursive: true });
  return holds;
};
