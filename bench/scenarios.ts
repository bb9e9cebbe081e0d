/** The kinds of request that are compared, and how one load of them is measured. */

import { setTimeout as sleep } from "node:timers/promises";
import { type HeadcountServer, SETTLED_AFTER_MS, type Settled } from "./headcount-server.ts";
import { type Answer, requestBytes } from "./http-client.ts";
import { type LoadResult, saturate, sendAtRate } from "./load.ts";
import type { Server } from "./workerd.ts";

export interface PerScenario<T> {
  readonly bare: T;
  readonly mint: T;
  readonly single: T;
  readonly batch: T;
}

/** A kind of request, as load is made of it. */
export interface Scenario {
  readonly port: number;
  readonly perBody: number;
  make(count: number): Promise<Buffer[]>;
  /** Throws when an answer is not the one that counts. */
  verify(answer: Answer): void;
  cpuSeconds(): number;
  /** Waits until all that was sent so far is done with. */
  settle(): Promise<Settled>;
}

/** One load, with what it cost until all of it was counted and saved. */
export interface Measured extends LoadResult {
  readonly events: number;
  readonly cpuMicrosPerEvent: number;
  readonly eventsPerGroup: number;
}

export const BATCH = 20;
const CONNECTIONS = 64;

/** One after the other, never two at a time. */
export const inTurn = async <A, B>(
  { bare, mint, single, batch }: PerScenario<A>,
  work: (one: A) => Promise<B>,
): Promise<PerScenario<B>> => ({
  bare: await work(bare),
  mint: await work(mint),
  single: await work(single),
  batch: await work(batch),
});

export const makeScenarios = async (
  bare: Server,
  headcount: HeadcountServer,
): Promise<PerScenario<Scenario>> => {
  const sent = { events: 0 };
  const confirms = (perBody: number): Scenario => ({
    port: headcount.port,
    perBody,
    make: (count) => headcount.source.confirms(count, perBody),
    verify(answer) {
      const durable = answer.body.split('"ack":"durable"').length - 1;
      if (durable !== perBody) throw new Error(`${durable} of ${perBody}: ${answer.body}`);
      sent.events += perBody;
    },
    cpuSeconds: () => headcount.cpuSeconds(),
    settle: () => headcount.settle(sent.events),
  });
  const token = await headcount.source.token();
  return {
    bare: {
      ...unlogged(bare),
      make: async (count) => Array<Buffer>(count).fill(requestBytes("/bare?wait=2", { token })),
    },
    mint: { ...unlogged(headcount), make: (count) => headcount.source.mints(count) },
    single: confirms(1),
    batch: confirms(BATCH),
  };
};

/** What is answered and leaves nothing behind that has to be waited for. */
const unlogged = ({ port, cpuSeconds }: Pick<Server, "port" | "cpuSeconds">) => ({
  port,
  perBody: 1,
  verify({ status, body }: Answer) {
    if (status !== 202) throw new Error(`${status}: ${body}`);
  },
  cpuSeconds,
  async settle() {
    await sleep(SETTLED_AFTER_MS);
    return { cpuSeconds: cpuSeconds(), rows: 0 };
  },
});

/** As fast as the server takes them. */
export const measureSaturated = (scenario: Scenario, count: number): Promise<Measured> =>
  measure(scenario, Math.round(count), (requests) =>
    saturate(scenario.port, requests, CONNECTIONS, scenario.verify),
  );

/** The same load for some seconds first: objects that idled while others were measured were put away, and have to wake. */
export const measureAtRate = async (
  scenario: Scenario,
  perSecond: number,
  seconds: number,
): Promise<Measured> => {
  const { port, verify } = scenario;
  const warmUp = await scenario.make(Math.round(perSecond * WARM_UP_SECONDS));
  const requests = Math.round(perSecond * seconds);
  const load = async (measured: readonly Buffer[]): Promise<LoadResult> => {
    await sendAtRate(port, warmUp, perSecond, verify);
    return sendAtRate(port, measured, perSecond, verify);
  };
  return measure(scenario, requests, load, warmUp.length);
};

const WARM_UP_SECONDS = 3;

const measure = async (
  { make, perBody, cpuSeconds, settle }: Scenario,
  count: number,
  load: (requests: readonly Buffer[]) => Promise<LoadResult>,
  warmUpCount = 0,
): Promise<Measured> => {
  const requests = await make(count);
  const before = await settle();
  const cpuBefore = cpuSeconds();
  const result = await load(requests);
  const after = await settle();
  const sent = (result.answers + warmUpCount) * perBody;
  return {
    ...result,
    events: result.answers * perBody,
    cpuMicrosPerEvent: ((after.cpuSeconds - cpuBefore) * 1e6) / sent,
    eventsPerGroup: sent / (after.rows - before.rows),
  };
};
