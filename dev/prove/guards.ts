/** Guards are real: each is taken away in a copy of the sources, and a test has to fail for just that reason. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Patch } from "./guards/patch.ts";
import { runTest, type TestRun } from "./guards/run-test.ts";
import { copyTree, withPatch } from "./guards/tree.ts";

export type Verdict =
  /** A test failed, and said why. */
  | "noticed"
  /** A test failed for something else, so that nobody knows whether it would notice. */
  | "failed for another reason"
  | "SURVIVED"
  /** The test does not pass with the guard in place, or there is none of that name. */
  | "no test passes with it";

export interface GuardReport {
  readonly patch: Patch;
  readonly verdict: Verdict;
  /** What the test said, when it was not what was expected. */
  readonly said: string;
  readonly seconds: number;
}

export interface GuardOptions {
  readonly patches: readonly Patch[];
  /** Copies of the sources in which tests run at the same time. */
  readonly trees: number;
  log(line: string): void;
}

/** @returns a report of each patch, in no particular order */
export const proveGuards = async ({
  patches,
  trees,
  log,
}: GuardOptions): Promise<readonly GuardReport[]> => {
  const waiting = [...patches];
  const reports: GuardReport[] = [];
  const work = async (): Promise<void> => {
    const tree = mkdtempSync(join(tmpdir(), "headcount-guards-"));
    const whole = new Map<string, Promise<TestRun>>();
    try {
      copyTree(tree);
      for (let patch = waiting.shift(); patch !== undefined; patch = waiting.shift()) {
        const report = await examine(tree, patch, whole);
        log(`${report.verdict}: ${patch.name}, without ${patch.guard} (${report.seconds} s)`);
        reports.push(report);
      }
    } finally {
      rmSync(tree, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: trees }, work));
  return reports;
};

/** @param whole what tests said with every guard in place, asked once */
const examine = async (
  tree: string,
  patch: Patch,
  whole: Map<string, Promise<TestRun>>,
): Promise<GuardReport> => {
  const startedAt = performance.now();
  const key = JSON.stringify(patch.test);
  const before = whole.get(key) ?? runTest(tree, patch.test);
  whole.set(key, before);
  const passes = await before;
  const report = (verdict: Verdict, said: string): GuardReport => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    return { patch, verdict, said, seconds };
  };
  if (passes.passed === 0 || passes.failures.length > 0) {
    return report("no test passes with it", saidBy(passes));
  }
  const without = await withPatch(tree, patch, () => runTest(tree, patch.test));
  const verdict = verdictOf(patch, without);
  return report(verdict, verdict === "noticed" ? "" : saidBy(without));
};

/** A file that cannot even be read fails without a test that failed: that is no noticing. */
const verdictOf = ({ fails }: Patch, { failures, passed }: TestRun): Verdict => {
  if (failures.some((failure) => fails.test(failure))) return "noticed";
  return failures.length === 0 && passed > 0 ? "SURVIVED" : "failed for another reason";
};

const saidBy = ({ failures, output }: TestRun): string =>
  failures[0] ?? (output.slice(-SHOWN_CHARS) || "nothing");

const SHOWN_CHARS = 2_000;
