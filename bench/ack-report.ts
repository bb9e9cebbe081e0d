/** The table of `npm run bench -- ack`: medians of the rounds. */
import { FIXED_RATE, type Round, rateOf } from "./ack.ts";
import { BATCH, type Measured, type PerScenario } from "./scenarios.ts";
import { median, percentile } from "./statistics.ts";

const SCENARIOS = ["bare", "mint", "single", "batch"] as const;
type ScenarioName = (typeof SCENARIOS)[number];
type Phase = (round: Round) => PerScenario<Measured>;
type Value = (measured: Measured) => number;

const HEAD = `| | bare Hono POST | mint | confirm, 1 event | confirm, ${BATCH} events |
| --- | --- | --- | --- | --- |`;

const saturated: Phase = (round) => round.saturated;
const fixedRate: Phase = (round) => round.fixedRate;
const quarter: Phase = (round) => round.quarter;

export const ackReport = (rounds: readonly Round[]): string => {
  const value = (name: ScenarioName, phase: Phase, of: Value) =>
    median(rounds.map((round) => of(phase(round)[name])));
  const row = (label: string, cell: (name: ScenarioName) => string) =>
    `| ${label} | ${SCENARIOS.map(cell).join(" | ")} |`;

  const cpu = (name: ScenarioName) => value(name, saturated, cpuOf);
  const ratio = (name: ScenarioName) =>
    median(rounds.map((round) => cpuOf(round.saturated[name]) / cpuOf(round.saturated.bare)));
  const latencies = (phase: Phase) => (name: ScenarioName) =>
    [0.5, 0.9, 0.99]
      .map((share) => value(name, phase, (it) => percentile(it.latenciesMs, share)).toFixed(1))
      .join(" / ");
  const group = (phase: Phase) => (name: ScenarioName) =>
    name === "bare" || name === "mint"
      ? "-"
      : value(name, phase, (it) => it.eventsPerGroup).toFixed(1);
  const whole = (number: number) => Math.round(number).toLocaleString("en");

  return [
    HEAD,
    row("requests/s, saturated", (name) => whole(value(name, saturated, rateOf))),
    row("events/s, saturated", (name) =>
      whole(value(name, saturated, ({ events, seconds }) => events / seconds)),
    ),
    row("CPU an event, saturated, us", (name) => cpu(name).toFixed(1)),
    row("the same, bare POST = 1", (name) => ratio(name).toFixed(2)),
    row(`CPU an event at ${FIXED_RATE} requests/s, us`, (name) =>
      value(name, fixedRate, cpuOf).toFixed(1),
    ),
    row("events a group, saturated", group(saturated)),
    row(`events a group at ${FIXED_RATE} requests/s`, group(fixedRate)),
    row(`p50 / p90 / p99 at ${FIXED_RATE} requests/s, ms`, latencies(fixedRate)),
    row("a quarter of saturation, requests/s", (name) => whole(value(name, quarter, rateOf))),
    row("p50 / p90 / p99 there, ms", latencies(quarter)),
    "",
    visibleLine(rounds),
  ].join("\n");
};

const visibleLine = (rounds: readonly Round[]): string => {
  const [p50, p90, worst] = [0.5, 0.9, 1].map((share) =>
    median(rounds.map(({ visibleMs }) => percentile(visibleMs, share))).toFixed(0),
  );
  return `From the acknowledgement to a strong read that shows the view, at ${FIXED_RATE} requests/s: p50 ${p50} ms, p90 ${p90} ms, longest ${worst} ms.`;
};

const cpuOf: Value = (measured) => measured.cpuMicrosPerEvent;
