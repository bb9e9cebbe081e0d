/** The table of `npm run bench -- correct`. */
import type { Measured, MeasuredCorrection, Phase } from "./correct-runs.ts";
import { median } from "./statistics.ts";

export interface Round {
  /** The loop as a script, and with the stream read as the Corrector reads it. */
  readonly bare: Measured;
  readonly pieces: Measured;
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

const rate = (name: string, side: keyof Round): Row => [
  `events/s, ${name}`,
  (of) => whole(of((it, events) => events / it[side].seconds)),
];
const cpu = (name: string, of: (round: Round) => Phase): Row => [
  `CPU an event, ${name}, us`,
  (middle) => middle((it, events) => (of(it).cpuSeconds * 1e6) / events).toFixed(2),
];
/** Above 1: the correction is better. */
const ratio = (name: string, field: keyof Phase, side: "bare" | "pieces"): Row => [
  name,
  (of) => of((it) => it[side][field] / it.correction[field]).toFixed(2),
];
const peak = (name: string, side: keyof Round): Row => [
  `peak memory, ${name}, MB`,
  (of) => whole(of((it) => it[side].peakBytes / 2 ** 20)),
];

const BARE = "bare loop";
const PIECES = "bare loop, 64 KB at a time";

const ROWS: readonly Row[] = [
  rate("correction", "correction"),
  rate(BARE, "bare"),
  rate(PIECES, "pieces"),
  ratio(`ratio of events/s to the ${BARE}`, "seconds", "bare"),
  ratio(`ratio of events/s to the ${PIECES}`, "seconds", "pieces"),
  [
    `of the correction's time: ${PHASES.join(" / ")}`,
    (of) =>
      PHASES.map((phase) =>
        percent(of(({ correction: it }) => it.phases[phase].seconds / it.seconds)),
      ).join(" / "),
  ],
  cpu("correction", ({ correction }) => correction),
  ...PHASES.map((phase) => cpu(`its ${phase}`, ({ correction }) => correction.phases[phase])),
  cpu(BARE, ({ bare }) => bare),
  cpu(PIECES, ({ pieces }) => pieces),
  ratio(`ratio of CPU to the ${BARE}`, "cpuSeconds", "bare"),
  ratio(`ratio of CPU to the ${PIECES}`, "cpuSeconds", "pieces"),
  peak("correction", "correction"),
  peak(BARE, "bare"),
  peak(PIECES, "pieces"),
];
