/** Flags of the drills: which of them, how many clients, how long the outage. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DRILLS, isDrill, proveDrills } from "../drill.ts";
import { flagsOf, type Proof, positive, usage } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const clients = positive(values.clients ?? "200");
  const outageMs = positive(values.seconds ?? "60") * 1_000;
  const only = values.only?.split(",") ?? Object.keys(DRILLS);
  const waves = only.map((name) => [
    isDrill(name) ? name : usage(`"${name}" is none of ${Object.keys(DRILLS).join(", ")}`),
  ]);
  const state = mkdtempSync(join(tmpdir(), "headcount-drill-"));
  console.log(`state ${state}`);
  const scale = { clients, outageMs, beatMs: 20_000, quietMs: 5_000, patient: true };
  const reports = await proveDrills({ ...scale, waves, state, log: console.log });
  const holds = reports.every(({ complaints }) => complaints.length === 0);
  if (holds) rmSync(state, { recursive: true });
  return holds;
};
