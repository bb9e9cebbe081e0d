/** Flags of random names: how many of them, on which stores (both, one after the other, without `--only`). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complaintsOf, linesOf } from "../cardinality/report.ts";
import { proveCardinality } from "../cardinality.ts";
import { type SafetyOptions, startSafetyService } from "../safety/service.ts";
import { flagsOf, type Proof, positive, usage } from "./flags.ts";

type Setting = Pick<SafetyOptions, "stores" | "variables">;

const SETTINGS: Readonly<Record<string, Setting>> = {
  "mysql-redis": { stores: "mysql-redis" },
  "d1-objects": { stores: "d1-objects" },
  registered: { stores: "mysql-redis", variables: { CONTENTS: "registered" } },
};

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const requests = positive(values.requests ?? "100000");
  const seed = positive(values.seed);
  let holds = true;
  for (const name of values.only?.split(",") ?? Object.keys(SETTINGS)) {
    const setting =
      SETTINGS[name] ?? usage(`"${name}" is none of ${Object.keys(SETTINGS).join(", ")}`);
    console.log(`\n${name}, seed ${seed}`);
    holds = (await proveOn(setting, requests, seed)) && holds;
  }
  return holds;
};

const proveOn = async (setting: Setting, requests: number, seed: number): Promise<boolean> => {
  const state = mkdtempSync(join(tmpdir(), "headcount-cardinality-"));
  const service = await startSafetyService({ state, ...setting });
  try {
    const scale = { ids: requests, queries: requests / 10, seed, log: console.log };
    const report = await proveCardinality(service, scale);
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
