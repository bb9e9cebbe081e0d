/** What an acknowledgement costs: a durable confirm against a bare POST on the same workerd, see `docs/performance.md`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ackReport } from "./ack-report.ts";
import { startBare } from "./bare-server.ts";
import { type HeadcountServer, startHeadcount } from "./headcount-server.ts";
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
import { CLIENT_CORE, SERVER_CORE, type Server } from "./workerd.ts";

export interface Round {
  readonly saturated: PerScenario<Measured>;
  readonly fixedRate: PerScenario<Measured>;
  readonly quarter: PerScenario<Measured>;
  readonly visibleMs: readonly number[];
}

export const FIXED_RATE = 500;
const WARM_UP_EVENTS = 6_000;

export const benchAck = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "6" },
      port: { type: "string", default: "18300" },
      write: { type: "boolean", default: false },
    },
  });
  execFileSync("taskset", ["-acp", `${CLIENT_CORE}`, `${process.pid}`], { stdio: "pipe" });
  const rounds: Round[] = [];
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    console.log(`round ${round} of ${values.rounds}`);
    rounds.push(await runRound(Number(values.port), Number(values.seconds)));
  }
  const report = ackReport(rounds);
  console.log(`\n${report}`);
  if (values.write) writeSection("ack", report);
};

/** New servers each round, both running all the time; the loads take turns. */
const runRound = async (port: number, seconds: number): Promise<Round> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-bench-"));
  const running: { stop(): Promise<void> }[] = [];
  try {
    const bare = await startBare(join(directory, "bare"), port);
    running.push(bare);
    const headcount = await startHeadcount(join(directory, "headcount"), port + 1, SERVER_CORE);
    running.push(headcount);
    return await measureRound(bare, headcount, seconds);
  } finally {
    for (const server of running) await server.stop();
    rmSync(directory, { recursive: true });
  }
};

const measureRound = async (
  bare: Server,
  headcount: HeadcountServer,
  seconds: number,
): Promise<Round> => {
  const scenarios = await makeScenarios(bare, headcount);
  const { single } = scenarios;
  const saturated = await inTurn(scenarios, async (scenario) => {
    const warmUp = await measureSaturated(scenario, WARM_UP_EVENTS / scenario.perBody);
    return measureSaturated(scenario, rateOf(warmUp) * seconds);
  });
  const fixedRate = await inTurn(scenarios, (scenario) =>
    measureAtRate(scenario, FIXED_RATE, seconds),
  );
  const quarter = {
    bare: await measureAtRate(scenarios.bare, rateOf(saturated.bare) / 4, seconds),
    single: await measureAtRate(single, rateOf(saturated.single) / 4, seconds),
    batch: await measureAtRate(scenarios.batch, rateOf(saturated.batch) / 4, seconds),
  };
  const background = () => measureAtRate(single, FIXED_RATE, 2 * seconds);
  const visibleMs = await timesToVisible(headcount, background);
  const round = { saturated, fixedRate, quarter, visibleMs };
  console.log(ackReport([round]));
  return round;
};

/** Requests a second. */
export const rateOf = ({ answers, seconds }: Measured): number => answers / seconds;
