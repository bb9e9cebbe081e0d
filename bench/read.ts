/** What a read costs: counts from memory and from the Tallies against a bare GET on the same workerd, see `docs/performance.md`. */
import { type Answer, getBytes } from "./http-client.ts";
import { saturate } from "./load.ts";
import { benchFlags, pinClient, withPair } from "./pair.ts";
import { writeSection } from "./report-file.ts";
import { median } from "./statistics.ts";
import type { Server } from "./workerd.ts";

interface ReadScenario {
  readonly name: string;
  readonly contents: number;
  readonly server: Pick<Server, "port" | "cpuSeconds">;
  /** The path of the n-th request. */
  path(n: number): string;
  verify(answer: Answer): void;
}

interface Measured {
  readonly requestsPerSecond: number;
  readonly cpuMicros: number;
}

const CONNECTIONS = 64;
const WARM_UP = 2_000;
const MANY = 50;

export const benchRead = async (args: readonly string[]): Promise<void> => {
  const {
    rounds: count,
    seconds,
    port,
    write,
  } = benchFlags(args, {
    seconds: "4",
    port: "18320",
  });
  pinClient();
  const report = await withPair(port, async (bare, headcount) => {
    const scenarios = makeScenarios(bare, headcount);
    const rounds: Measured[][] = [];
    for (let round = 1; round <= count; round += 1) {
      console.log(`round ${round} of ${count}`);
      rounds.push(await inTurn(scenarios, seconds));
    }
    return reportOf(scenarios, rounds);
  });
  console.log(`\n${report}`);
  if (write) writeSection("read", report);
};

const makeScenarios = (
  bare: Server,
  headcount: Pick<Server, "port" | "cpuSeconds">,
): readonly ReadScenario[] => {
  const many = Array.from({ length: MANY }, (_, n) => `content=article-${n}`).join("&");
  const expectSource = (source: string) => (answer: Answer) => {
    if (answer.status !== 200 || !answer.body.includes(`"source":"${source}"`)) {
      throw new Error(`${answer.status}: ${answer.body}`);
    }
  };
  const answered = ({ status, body }: Answer) => {
    if (status !== 200) throw new Error(`${status}: ${body}`);
  };
  let fresh = 0;
  return [
    { name: "bare Hono GET", contents: 1, server: bare, path: () => "/bare", verify: answered },
    {
      name: "a count from memory",
      contents: 1,
      server: headcount,
      path: () => "/v1/counts/article-0",
      // Every few seconds one of them is the question that refreshes it.
      verify: answered,
    },
    {
      name: "a count from its Tally",
      contents: 1,
      server: headcount,
      path() {
        fresh += 1;
        return `/v1/counts/never-read-${fresh}`;
      },
      verify: expectSource("tally"),
    },
    {
      name: `${MANY} counts from memory`,
      contents: MANY,
      server: headcount,
      path: () => `/v1/counts?${many}`,
      verify: answered,
    },
  ];
};

const inTurn = async (scenarios: readonly ReadScenario[], seconds: number): Promise<Measured[]> => {
  const measured: Measured[] = [];
  for (const scenario of scenarios) {
    const { requestsPerSecond } = await load(scenario, WARM_UP);
    measured.push(await load(scenario, Math.round(requestsPerSecond * seconds)));
  }
  return measured;
};

const load = async ({ server, path, verify }: ReadScenario, count: number): Promise<Measured> => {
  const requests = Array.from({ length: count }, (_, n) => getBytes(path(n)));
  const before = server.cpuSeconds();
  const { answers, seconds } = await saturate(server.port, requests, CONNECTIONS, verify);
  const cpuSeconds = server.cpuSeconds() - before;
  return { requestsPerSecond: answers / seconds, cpuMicros: (cpuSeconds * 1e6) / answers };
};

const reportOf = (scenarios: readonly ReadScenario[], rounds: readonly Measured[][]): string => {
  const rows = scenarios.map(({ name, contents }, index) => {
    const of = (value: (measured: Measured, bare: Measured) => number) =>
      median(
        rounds.map((round) => {
          const [bare, measured] = [round[0], round[index]];
          return bare === undefined || measured === undefined ? Number.NaN : value(measured, bare);
        }),
      );
    const rate = of(({ requestsPerSecond }) => requestsPerSecond);
    const ratio = of((measured, bare) => measured.requestsPerSecond / bare.requestsPerSecond);
    const cpu = of(({ cpuMicros }) => cpuMicros);
    const whole = (number: number) => Math.round(number).toLocaleString("en");
    return `| ${name} | ${whole(rate)} | ${whole(rate * contents)} | ${ratio.toFixed(2)} | ${cpu.toFixed(1)} |`;
  });
  const head = "| | requests/s | counts/s | requests/s, bare GET = 1 | CPU a request, us |";
  return [head, "| --- | --- | --- | --- | --- |", ...rows].join("\n");
};
