/** Flags of the return of who watches. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { print } from "../print.ts";
import { isWhole, proveReconnect } from "../reconnect.ts";
import { flagsOf, type Proof, positive } from "./flags.ts";

const BACK_WITHIN_MS = 45_000;

export const prove: Proof = async (args) => {
  const clients = positive(flagsOf(args).clients ?? "500");
  const state = mkdtempSync(join(tmpdir(), "headcount-reconnect-"));
  console.log(`state ${state}`);
  const victims = ["runtime", "runner"] as const;
  const outcomes = await proveReconnect({ clients, victims, state, log: console.log });
  for (const { sessions, ...numbers } of outcomes) {
    print([
      ...Object.entries(numbers),
      ...Object.entries(sessions).map(([name, n]) => [`sessions: ${name}`, n] as const),
    ]);
  }
  const holds = outcomes.every((outcome) => isWhole(outcome, clients, BACK_WITHIN_MS));
  if (holds) rmSync(state, { recursive: true });
  return holds;
};
