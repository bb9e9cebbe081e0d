/** What an acknowledgement costs: a mint and a durable confirm against a bare POST on the same workerd, see `docs/performance.md`. */
import { ackReport } from "./ack-report.ts";
import type { HeadcountServer } from "./headcount-server.ts";
import { benchFlags, pinClient, withPair } from "./pair.ts";
import { writeSection } from "./report-file.ts";
import {
  inTurn,
  type Measured,
  makeScenarios,
  measureAtRate,
  measureSaturated,
  type PerScenario,
} from "./scenarios.ts";
import { timesToVisible } from "./visible.ts";
import type { Server } from "./workerd.ts";

export interface Round {
  readonly saturated: PerScenario<Measured>;
  readonly fixedRate: PerScenario<Measured>;
  readonly quarter: PerScenario<Measured>;
  readonly visibleMs: readonly number[];
}

export const FIXED_RATE = 500;
const WARM_UP_EVENTS = 6_000;

export const benchAck = async (args: readonly string[]): Promise<void> => {
  const {
    rounds: count,
    seconds,
    port,
    write,
  } = benchFlags(args, {
    seconds: "6",
    port: "18300",
  });
  pinClient();
  const rounds: Round[] = [];
  for (let round = 1; round <= count; round += 1) {
    console.log(`round ${round} of ${count}`);
    // New servers each round, both running all the time; the loads take turns.
    rounds.push(await withPair(port, (bare, headcount) => measureRound(bare, headcount, seconds)));
  }
  const report = ackReport(rounds);
  console.log(`\n${report}`);
  if (write) writeSection("ack", report);
};

const measureRound = async (
  bare: Server,
  headcount: HeadcountServer,
  seconds: number,
): Promise<Round> => {
  const scenarios = await makeScenarios(bare, headcount);
  const { bare: floor, mint, single, batch } = scenarios;
  const saturated = await inTurn(scenarios, async (scenario) => {
    const warmUp = await measureSaturated(scenario, WARM_UP_EVENTS / scenario.perBody);
    return measureSaturated(scenario, rateOf(warmUp) * seconds);
  });
  const fixedRate = await inTurn(scenarios, (scenario) =>
    measureAtRate(scenario, FIXED_RATE, seconds),
  );
  const quarter = {
    bare: await measureAtRate(floor, rateOf(saturated.bare) / 4, seconds),
    mint: await measureAtRate(mint, rateOf(saturated.mint) / 4, seconds),
    single: await measureAtRate(single, rateOf(saturated.single) / 4, seconds),
    batch: await measureAtRate(batch, rateOf(saturated.batch) / 4, seconds),
  };
  const background = () => measureAtRate(single, FIXED_RATE, 2 * seconds);
  const visibleMs = await timesToVisible(headcount, background);
  const round = { saturated, fixedRate, quarter, visibleMs };
  console.log(ackReport([round]));
  return round;
};

/** Requests a second. */
export const rateOf = ({ answers, seconds }: Measured): number => answers / seconds;
