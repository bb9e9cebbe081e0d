/** Flags of what is written: which stores (`--only d1-redis,mysql-objects`), and how many visitors go about. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeD1Quote } from "../canary/quoting-d1.ts";
import { complaintsOf, linesOf } from "../canary/report.ts";
import { proveCanary } from "../canary.ts";
import { print } from "../print.ts";
import { STORES_CHOICES, type StoresChoice, startSafetyService } from "../safety/service.ts";
import { flagsOf, type Proof, positive, usage } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const visitors = positive(values.clients ?? "12");
  const only = values.only?.split(",") ?? STORES_CHOICES;
  const choices = only.map(
    (name) =>
      STORES_CHOICES.find((choice) => choice === name) ?? usage(`"${name}" is none of them`),
  );
  let holds = true;
  for (const stores of choices) holds = (await proveOn(stores, visitors)) && holds;
  return holds;
};

const proveOn = async (stores: StoresChoice, visitors: number): Promise<boolean> => {
  const state = mkdtempSync(join(tmpdir(), "headcount-canary-"));
  console.log(`${stores}, state ${state}`);
  if (stores.startsWith("d1")) await makeD1Quote(state);
  const service = await startSafetyService({ state, stores });
  try {
    const report = await proveCanary(service, {
      visitors,
      badEvery: 1,
      troubles: ["quoting", "away", "in the way"],
      visitsInTrouble: true,
      badStarts: true,
    });
    print(linesOf(report));
    const complaints = complaintsOf(report);
    for (const complaint of complaints) console.log(`FAILED  ${complaint}`);
    return complaints.length === 0;
  } finally {
    await service.close();
    rmSync(state, { recursive: true });
  }
};
