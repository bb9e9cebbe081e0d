/** What came of a proof, for whoever ran it. */
import type { KillReport } from "./kill.ts";

export const printKill = (report: KillReport): void => {
  const { firstAnswerMs, ...numbers } = report;
  const restarts = Object.entries(firstAnswerMs).map(([victim, all]): [string, string] => [
    `first answer after kill of ${victim}, ms`,
    all.length === 0 ? "none" : `median ${medianOf(all)}, max ${Math.max(...all)} (${all.length})`,
  ]);
  print([...Object.entries(numbers), ...restarts]);
};

export const print = (lines: readonly (readonly [string, number | string])[]): void => {
  console.log("");
  for (const [name, value] of lines) console.log(`${name.padEnd(40)} ${value}`);
};

const medianOf = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? 0;
