/** Flags of the kills: rounds, views acknowledged a round, seed, where the state is kept. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { proveKill, VICTIMS } from "../kill.ts";
import { printKill } from "../print.ts";
import { flagsOf, type Proof, positive } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const rounds = positive(values.rounds);
  const minDurable = positive(values.acks);
  const seed = positive(values.seed);
  const state = values.state === undefined ? undefined : resolve(values.state);
  if (state !== undefined) mkdirSync(state, { recursive: true });
  const directory = state ?? mkdtempSync(join(tmpdir(), "headcount-kill-"));
  console.log(`seed ${seed}, state ${directory}`);
  const report = await proveKill({
    victims: Array.from(
      { length: rounds },
      (_, round) => VICTIMS[round % VICTIMS.length] ?? "both",
    ),
    minDurable,
    seed,
    state: directory,
    log: console.log,
  });
  printKill(report);
  const holds = report.lost === 0 && report.doubled === 0;
  if (holds && state === undefined) rmSync(directory, { recursive: true });
  return holds;
};
