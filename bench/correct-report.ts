/** The table of `npm run bench -- correct`. */
import type { Measured, MeasuredCorrection } from "./correct-runs.ts";
import { median } from "./statistics.ts";

export interface Round {
  readonly bare: Measured;
  readonly correction: MeasuredCorrection;
}

export interface Scenario {
  /** Lines of all objects. */
  readonly events: number;
  readonly rounds: readonly Round[];
}

const PHASES = ["read", "fold", "walk"] as const;

export const reportOf = (scenarios: readonly Scenario[]): string => {
  const head = ["", ...scenarios.map(({ events }) => `${whole(events)} events`)];
  const rows = ROWS.map(([name, value]) => [
    name,
    ...scenarios.map((scenario) => {
      return value((of) => median(scenario.rounds.map((round) => of(round, scenario.events))));
    }),
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
};

type Middle = (of: (round: Round, events: number) => number) => number;
type Row = readonly [name: string, value: (middle: Middle) => string];

const whole = (number: number): string => Math.round(number).toLocaleString("en");
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const micros = (seconds: number, events: number): number => (seconds * 1e6) / events;

const ROWS: readonly Row[] = [
  ["events/s, correction", (of) => whole(of((it, events) => events / it.correction.seconds))],
  ["events/s, bare loop", (of) => whole(of((it, events) => events / it.bare.seconds))],
  [
    "ratio of events/s",
    (of) => of(({ bare, correction }) => bare.seconds / correction.seconds).toFixed(2),
  ],
  [
    `of its time: ${PHASES.join(" / ")}`,
    (of) =>
      PHASES.map((phase) =>
        percent(of(({ correction: it }) => it.phases[phase].seconds / it.seconds)),
      ).join(" / "),
  ],
  [
    "CPU an event, correction, us",
    (of) => of((it, events) => micros(it.correction.cpuSeconds, events)).toFixed(2),
  ],
  ...PHASES.map(
    (phase): Row => [
      `of it: ${phase}`,
      (of) => of((it, events) => micros(it.correction.phases[phase].cpuSeconds, events)).toFixed(2),
    ],
  ),
  [
    "CPU an event, bare loop, us",
    (of) => of((it, events) => micros(it.bare.cpuSeconds, events)).toFixed(2),
  ],
  [
    "ratio of CPU",
    (of) => of(({ bare, correction }) => bare.cpuSeconds / correction.cpuSeconds).toFixed(2),
  ],
  [
    "peak memory, correction, MB",
    (of) => whole(of(({ correction }) => correction.peakBytes / 2 ** 20)),
  ],
  ["peak memory, bare loop, MB", (of) => whole(of(({ bare }) => bare.peakBytes / 2 ** 20))],
];
