/** One test of the suite, run in a tree, and what it said. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Patch } from "./patch.ts";

export interface TestRun {
  readonly passed: number;
  /** What each test that failed said. */
  readonly failures: readonly string[];
  /** What was printed: all there is when nothing ran at all. */
  readonly output: string;
}

/** The suite's own prepares workers and databases, which pure tests do without. */
const PURE_CONFIG = "dev/prove/guards/pure.config.ts";

/** A test that hangs without its guard has noticed nothing. */
const DEADLINE_MS = 240_000;

/** As `vitest --reporter=json` writes it. */
interface JsonReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export const runTest = async (tree: string, test: Patch["test"]): Promise<TestRun> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-guard-"));
  const file = join(directory, "report.json");
  const vitest = join(tree, "node_modules/vitest/vitest.mjs");
  const where = test.project === "pure" ? ["--config", PURE_CONFIG] : ["--project", test.project];
  const args = ["run", ...where, test.file, "-t", escaped(test.name)];
  const child = spawn(
    process.execPath,
    [vitest, ...args, "--reporter=json", `--outputFile=${file}`],
    { cwd: tree, stdio: ["ignore", "pipe", "pipe"], timeout: DEADLINE_MS },
  );
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
  }
  await once(child, "close");
  try {
    return { ...judged(JSON.parse(readFileSync(file, "utf8"))), output: pieces.join("") };
  } catch {
    return { passed: 0, failures: [], output: pieces.join("") };
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const judged = ({ testResults }: JsonReport): Omit<TestRun, "output"> => {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    failures: tests.flatMap(({ status, failureMessages }) =>
      status === "failed" ? [failureMessages.join("\n")] : [],
    ),
  };
};

/** The name is a pattern there, and words here. */
const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
