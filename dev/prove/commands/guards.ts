/** Which guards are taken away, and what came of it. */
import type { Patch } from "../guards/patch.ts";
import { PATCHES } from "../guards/patches.ts";
import { proveGuards } from "../guards.ts";
import { print } from "../print.ts";
import { flagsOf, type Proof, usage } from "./flags.ts";

/** As many as there are cores on a small machine: a test that runs has one to itself. */
const TREES = 2;

export const prove: Proof = async (args) => {
  const names = flagsOf(args).only?.split(",");
  const patches = names === undefined ? PATCHES : names.map(patchOf);
  const reports = await proveGuards({ patches, trees: TREES, log: console.log });
  const bad = reports.filter(({ verdict }) => verdict !== "noticed");
  for (const { patch, verdict, said } of bad) {
    console.log(`FAILED  ${patch.name} (${patch.file}): ${verdict}; it said:\n${said}`);
  }
  print([
    ["guards taken away", reports.length],
    ["noticed, for the reason stated", reports.length - bad.length],
    ["not so", bad.length],
  ]);
  return bad.length === 0;
};

const patchOf = (name: string): Patch =>
  PATCHES.find((patch) => patch.name === name) ?? usage(`no guard is called "${name}"`);
