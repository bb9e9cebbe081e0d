/** Guards are real: each is taken away in a copy of the sources, and a test has to fail for just that reason. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Patch } from "./guards/patch.ts";
import { TestFile } from "./guards/test-file.ts";
import type { TestRun } from "./guards/test-run.ts";
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

/** @returns a report of each patch, those of one test file behind one another */
export const proveGuards = async ({
  patches,
  trees,
  log,
}: GuardOptions): Promise<readonly GuardReport[]> => {
  const waiting = byTestFile(patches);
  const reports: GuardReport[] = [];
  const note = (report: GuardReport): void => {
    reports.push(report);
    const { patch, verdict, said, seconds } = report;
    const place = `${reports.length}/${patches.length}`;
    log(`${place} ${verdict}: ${patch.name}, without ${patch.guard} (${seconds} s)`);
    if (verdict !== "noticed") log(`  of ${patch.file} it said:\n${said}`);
  };
  const work = async (): Promise<void> => {
    const tree = mkdtempSync(join(tmpdir(), "headcount-guards-"));
    try {
      copyTree(tree);
      for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
        await examine(tree, group, note);
      }
    } finally {
      rmSync(tree, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: trees }, work));
  return reports;
};

type Group = readonly [Patch, ...Patch[]];

/** @returns those of one test file together, the longest row first, so that no tree is left with it alone */
const byTestFile = (patches: readonly Patch[]): Group[] => {
  const groups = new Map<string, [Patch, ...Patch[]]>();
  for (const patch of patches) {
    const group = groups.get(patch.test.file);
    if (group === undefined) groups.set(patch.test.file, [patch]);
    else group.push(patch);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
};

const examine = async (
  tree: string,
  group: Group,
  note: (report: GuardReport) => void,
): Promise<void> => {
  const tests = new TestFile(tree, group[0].test);
  try {
    const names = new Set(group.map(({ test }) => test.name));
    const whole = await tests.run({ names: [...names], changed: [] });
    let before: readonly string[] = [];
    for (const patch of group) {
      const startedAt = performance.now();
      const { verdict, said } = await judge(tree, patch, whole, () =>
        tests.run({ names: [patch.test.name], changed: [...before, patch.file] }),
      );
      before = [patch.file];
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      note({ patch, verdict, said, seconds });
    }
  } finally {
    await tests.close();
  }
};

/** @param whole what tests of the file said with every guard in place */
const judge = async (
  tree: string,
  patch: Patch,
  whole: TestRun,
  run: () => Promise<TestRun>,
): Promise<Pick<GuardReport, "verdict" | "said">> => {
  const isOurs = (name: string) => name.includes(patch.test.name);
  const failed = whole.failed.filter(({ name }) => isOurs(name));
  if (failed.length > 0 || !whole.passed.some(isOurs)) {
    return { verdict: "no test passes with it", said: saidBy({ ...whole, failed }) };
  }
  const without = await withPatch(tree, patch, run);
  const verdict = verdictOf(patch, without);
  return { verdict, said: verdict === "noticed" ? "" : saidBy(without) };
};

/** A file that cannot even be read fails without a test that failed: that is no noticing. */
const verdictOf = ({ fails }: Patch, { failed, passed }: TestRun): Verdict => {
  if (failed.some(({ said }) => fails.test(said))) return "noticed";
  return failed.length === 0 && passed.length > 0 ? "SURVIVED" : "failed for another reason";
};

const saidBy = ({ failed, otherwise }: TestRun): string =>
  failed[0]?.said ?? (otherwise || "nothing");
