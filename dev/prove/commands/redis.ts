/** Flags of the Redis that is away or emptied. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { print } from "../print.ts";
import { complaintsOf, linesOf } from "../redis/judge.ts";
import { proveRedis } from "../redis.ts";
import { flagsOf, type Proof, positive, usage } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const { database } = values;
  if (database !== "d1" && database !== "mysql") return usage("--database is d1 or mysql");
  const lastsMs = positive(values.seconds ?? "60") * 1_000;
  const seed = positive(values.seed);
  const state = mkdtempSync(join(tmpdir(), "headcount-redis-"));
  console.log(`seed ${seed}, state ${state}`);
  const report = await proveRedis({
    ...{ database, contents: positive(values.contents), streams: 20, confirmsPerSecond: 40 },
    ...{ clients: positive(values.clients ?? "40"), quietMs: 10_000 },
    outages: [
      { lastsMs, having: "what it had" },
      { lastsMs, having: "nothing" },
    ],
    ...{ seed, state, log: console.log },
  });
  print(linesOf(report));
  const complaints = complaintsOf(report);
  for (const complaint of complaints) console.log(`FAILED  ${complaint}`);
  if (complaints.length === 0) rmSync(state, { recursive: true });
  return complaints.length === 0;
};
