/** What came of a drill. */

import { latest, seconds, type Verdict } from "./timeline.ts";
import type { Watch } from "./watch.ts";
import type { Gathering, World } from "./world.ts";

export interface DrillReport {
  readonly drill: string;
  readonly timeline: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** What did not come out as it has to; a drill without is passed. */
  readonly complaints: readonly string[];
  /** What comes minutes later, while other drills go on. */
  readonly later?: Promise<DrillReport>;
}

const READ_TIMEOUT_MS = 5_000;

/**
 * Waits until all readers are even, and looks at what lasts of the crowd: everybody was counted once.
 * @param withinMs of the blow
 */
export const judge = async (
  { url }: World,
  { stream, crowd }: Gathering,
  watch: Watch,
  withinMs: number,
): Promise<readonly string[]> => {
  const even = await watch.untilEven(withinMs);
  await watch.stop();
  const late = watch.verdicts
    .filter(({ evenMs }) => evenMs === undefined || evenMs > withinMs)
    .map(({ reader }) => `${reader} is not even within ${seconds(withinMs)}`);
  if (!even && late.length === 0) late.push(`nothing stayed even within ${seconds(withinMs)}`);
  const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
  const answer = await fetch(`${url}/v1/streams/${stream}?consistency=strong`, { signal });
  const numbers = (await answer.json()) as Readonly<Record<string, unknown>>;
  const { attendance } = crowd;
  const expected = { viewers: crowd.size, peak: crowd.peak, total: crowd.came };
  const wrong = Object.entries(expected)
    .filter(([name, number]) => numbers[name] !== number && !isNewDay(name, attendance[0]?.at))
    .map(([name, number]) => `${name} is ${numbers[name]} instead of ${number}`);
  return [...late, ...wrong];
};

/** Who is there at midnight is counted for the new day as well: a total of two days tells nothing of the crowd. */
const isNewDay = (name: string, beganAt: number | undefined): boolean =>
  name === "total" && dayOf(beganAt ?? Date.now()) !== dayOf(Date.now());

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** A line for each drill: how long each kind of reader waited for an answer, and for the right one that stayed. */
export const tableOf = (reports: readonly DrillReport[]): readonly string[] => {
  const readers = [...new Set(reports.flatMap(({ verdicts }) => verdicts.map((v) => v.reader)))];
  const row = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(18))).join("");
  const cellOf = (verdict: Verdict | undefined): string =>
    verdict === undefined ? "" : `${seconds(verdict.firstMs)} / ${seconds(verdict.evenMs)}`;
  return [
    row(["first / even", ...readers, "all"]),
    ...reports.map(({ drill, verdicts, complaints }) => {
      const all = {
        reader: "all",
        firstMs: latest(verdicts.map(({ firstMs }) => firstMs)),
        evenMs: latest(verdicts.map(({ evenMs }) => evenMs)),
      };
      const found = readers.map((name) => cellOf(verdicts.find(({ reader }) => reader === name)));
      return `${row([drill, ...found, cellOf(all)])}  ${complaints.length === 0 ? "ok" : "FAILED"}`;
    }),
  ];
};
