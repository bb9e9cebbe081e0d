/**
 * What a read costs: counts from memory and from the Tallies against a bare GET on the same workerd, counts and the live
 * list from Redis against plain Node, see `docs/performance.md`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillRedis } from "./fill-redis.ts";
import { startHeadcount } from "./headcount-server.ts";
import { saturate } from "./load.ts";
import { benchFlags, pinClient, withPair } from "./pair.ts";
import { startPrivateMySql } from "./private-mysql.ts";
import { TALLY_SHARDS } from "./publish-work.ts";
import { memoryGroup, type ReadGroup, type ReadScenario, redisGroups } from "./read-scenarios.ts";
import { type Measurable, type RedisSide, withRedis } from "./redis-side.ts";
import { writeSection } from "./report-file.ts";
import { median } from "./statistics.ts";
import { SERVER_CORE } from "./workerd.ts";

interface Measured {
  readonly requestsPerSecond: number;
  /** Of a request, us, as the scenario's meters. */
  readonly cpuMicros: readonly (number | undefined)[];
}

/** By scenario. */
type Round = ReadonlyMap<ReadScenario, Measured>;

/** Requests of each connection. */
const WARM_UP = 32;
const TRIES = 10;

export const benchRead = async (args: readonly string[]): Promise<void> => {
  const flags = benchFlags(args, { seconds: "4", port: "18320" });
  pinClient();
  const report = await withGroups(flags.port, async (memory, fromRedis) => {
    const rounds: Round[] = [];
    for (let round = 1; round <= flags.rounds; round += 1) {
      console.log(`round ${round} of ${flags.rounds}`);
      rounds.push(await inTurn([memory, ...fromRedis].flat(), flags.seconds));
    }
    return [
      table(["requests/s, bare GET = 1", "CPU a request, us"], [memory], rounds),
      table(
        ["requests/s, Node = 1", "CPU a request, us: who is asked", "gateway", "Redis"],
        fromRedis,
        rounds,
      ),
    ].join("\n\n");
  });
  console.log(`\n${report}`);
  if (flags.write) writeSection("read", report);
};

type Work<T> = (memory: ReadGroup, fromRedis: readonly ReadGroup[]) => Promise<T>;

/** All of their servers run beside each other, and idle when they are not asked. */
const withGroups = <T>(port: number, work: Work<T>): Promise<T> =>
  withPair(port, (bare, headcount) =>
    withRedis(port + 2, async (side) => {
      await fillRedis(side.connection);
      return await withPublished(port + 3, side, (published) =>
        work(memoryGroup(bare, headcount), redisGroups(side, published)),
      );
    }),
  );

/** The product, which reads from that Redis. Its Tallies want a database once, when they are new. */
const withPublished = async <T>(
  port: number,
  side: RedisSide,
  work: (published: Measurable) => Promise<T>,
): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-bench-"));
  const ends: (() => Promise<void>)[] = [];
  try {
    const mysql = await startPrivateMySql(directory);
    ends.unshift(mysql.stop);
    const published = await startHeadcount(join(directory, "headcount"), port, SERVER_CORE, {
      ...{ READ_MODEL: "redis", TALLY_SHARDS, DATABASE_URL: mysql.url },
      ...side.secrets,
    });
    ends.unshift(published.stop);
    return await work(published);
  } finally {
    for (const end of ends) await end();
    rmSync(directory, { recursive: true });
  }
};

const inTurn = async (scenarios: readonly ReadScenario[], seconds: number): Promise<Round> => {
  const round = new Map<ReadScenario, Measured>();
  for (const scenario of scenarios) round.set(scenario, await measure(scenario, seconds));
  return round;
};

/** Again when an answer was not the one measured: on a busy machine Redis is given up at times, and left alone for a while. */
const measure = async (scenario: ReadScenario, seconds: number): Promise<Measured> => {
  for (let left = TRIES; ; left -= 1) {
    const warmUp = { ...scenario, verify: () => undefined };
    const { requestsPerSecond } = await load(warmUp, WARM_UP * scenario.connections);
    try {
      return await load(scenario, Math.ceil(requestsPerSecond * seconds));
    } catch (cause) {
      if (left === 1) throw cause;
      console.log(`${scenario.name}: once more, after ${cause}`);
    }
  }
};

const load = async (scenario: ReadScenario, count: number): Promise<Measured> => {
  const { port, connections, meters, verify } = scenario;
  const requests = Array.from({ length: count }, () => scenario.request());
  const before = meters.map((meter) => meter?.cpuSeconds() ?? 0);
  const { answers, seconds } = await saturate(port, requests, connections, verify);
  const cpuMicros = meters.map(
    (meter, index) => meter && ((meter.cpuSeconds() - (before[index] ?? 0)) * 1e6) / answers,
  );
  return { requestsPerSecond: answers / seconds, cpuMicros };
};

/** @param columns names of the ratio to a group's first, and of the meters */
const table = (
  columns: readonly string[],
  groups: readonly ReadGroup[],
  rounds: readonly Round[],
): string => {
  const head = ["requests/s", "counts/s", ...columns];
  const lines = [`| | ${head.join(" | ")} |`, `|${" --- |".repeat(head.length + 1)}`];
  for (const group of groups) {
    for (const scenario of group) lines.push(lineOf(scenario, group[0], rounds));
  }
  return lines.join("\n");
};

const lineOf = (scenario: ReadScenario, floor: ReadScenario, rounds: readonly Round[]): string => {
  const rateOf = (of: ReadScenario, round: Round) => round.get(of)?.requestsPerSecond ?? Number.NaN;
  const whole = (number: number) => Math.round(number).toLocaleString("en");
  const rate = median(rounds.map((round) => rateOf(scenario, round)));
  const ratio = median(rounds.map((round) => rateOf(scenario, round) / rateOf(floor, round)));
  const cpu = scenario.meters.map((meter, index) => {
    if (meter === undefined) return "-";
    const used = rounds.map((round) => round.get(scenario)?.cpuMicros[index] ?? Number.NaN);
    return median(used).toFixed(1);
  });
  const counts = scenario.contents === 0 ? "-" : whole(rate * scenario.contents);
  return `| ${[scenario.name, whole(rate), counts, ratio.toFixed(2), ...cpu].join(" | ")} |`;
};
