/** Flags of the forgers: how many requests of theirs, and by which seed they are mixed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complaintsOf, linesOf } from "../attack/report.ts";
import { proveAttack } from "../attack.ts";
import { startSafetyService } from "../safety/service.ts";
import { flagsOf, type Proof, positive } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const requests = positive(values.requests ?? "100000");
  const seed = positive(values.seed);
  const state = mkdtempSync(join(tmpdir(), "headcount-attack-"));
  console.log(`seed ${seed}, state ${state}`);
  const service = await startSafetyService({ state, stores: "mysql-redis" });
  try {
    const scale = { requests, genuine: requests, quotas: 2, seed, log: console.log };
    const report = await proveAttack(service, scale);
    for (const line of linesOf(report)) console.log(line);
    const complaints = complaintsOf(report);
    for (const complaint of complaints) console.log(`FAILED  ${complaint}`);
    if (complaints.length > 0) console.log(service.output());
    return complaints.length === 0;
  } finally {
    await service.close();
    rmSync(state, { recursive: true });
  }
};
