/** Which guards are taken away, and what came of it. */
import type { Patch } from "../guards/patch.ts";
import { PATCHES } from "../guards/patches.ts";
import { proveGuards, type Verdict } from "../guards.ts";
import { print } from "../print.ts";
import { flagsOf, type Proof, usage } from "./flags.ts";

/** As many as there are cores on a small machine: a test that runs has one to itself. */
const TREES = 2;

export const prove: Proof = async (args) => {
  const wanted = flagsOf(args).only?.split(",");
  const patches = wanted === undefined ? PATCHES : [...new Set(wanted.flatMap(patchesOf))];
  const reports = await proveGuards({ patches, trees: TREES, log: console.log });
  const bad = reports.filter(({ verdict }) => verdict !== "noticed");
  print([
    ["guards taken away", reports.length],
    ...VERDICTS.map((kind): [string, number] => [
      kind,
      reports.filter(({ verdict }) => verdict === kind).length,
    ]),
  ]);
  if (bad.length > 0) console.log(`\nagain: --only ${bad.map(({ patch }) => patch.name).join()}`);
  return bad.length === 0;
};

const VERDICTS: readonly Verdict[] = [
  "noticed",
  "failed for another reason",
  "SURVIVED",
  "no test passes with it",
];

/** @param of the name of a patch, a file of the sources, or one of the tests */
const patchesOf = (of: string): readonly Patch[] => {
  const found = PATCHES.filter(({ name, file, test }) => [name, file, test.file].includes(of));
  return found.length > 0 ? found : usage(`no guard is called "${of}", none is in such a file`);
};
