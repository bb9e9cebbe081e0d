/**
 * A read model that is away, or has lost what it had, is in nobody's way: the service's Redis gets a `kill -9`, comes
 * back with what it had and with nothing, and is emptied, while visitors confirm and pages show numbers all the time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { inTime } from "./in-time.ts";
import type { Latency } from "./phases.ts";
import type { CallsSummary } from "./redis/calls.ts";
import { untilComplete, untilListed, viewsIn } from "./redis/contents.ts";
import type { ToldSummary } from "./redis/told.ts";
import { fill, openWorld, type Phase, type Setting, type World } from "./redis/world.ts";
import { readCounts, settled, sum } from "./settled-counts.ts";

export interface RedisOptions extends Setting {
  /** Of the load before the first kill, after each return, and after everything. */
  readonly quietMs: number;
  readonly outages: readonly Outage[];
}

export interface Outage {
  readonly lastsMs: number;
  /** With what Redis comes back. */
  readonly having: "what it had" | "nothing";
}

/** How Redis came by all it should have, from its return or from when it was emptied. */
export interface Return {
  readonly after: string;
  /** Until it had every content's number as it was then, or a larger one, ms. */
  readonly completeMs: number;
  /** Until its list had every live stream, as heard of since then, ms. */
  readonly listedMs: number;
}

export interface RedisReport {
  /** Different events sent, and of these answered `durable`. */
  readonly sent: number;
  readonly durable: number;
  /** Requests that did not get `durable` for all their events at once, within 5 s. */
  readonly failedConfirms: number;
  /** Views that the Tallies have and that Redis has, in the end. */
  readonly counted: number;
  readonly published: number;
  /** Contents of which either has another number than was sent. */
  readonly differing: number;
  readonly returns: readonly Return[];
  readonly told: readonly ToldSummary[];
  readonly mishaps: readonly string[];
  readonly confirms: Latency<Phase>;
  /** What Redis was asked to do, from its beginning to the end of each part. */
  readonly calls: readonly (readonly [string, CallsSummary])[];
}

/** Fewer than a reader's own: the service has enough to do. */
const READERS_OF_TALLIES = 4;

export const proveRedis = async (options: RedisOptions): Promise<RedisReport> => {
  const world = await openWorld(options);
  try {
    await fill(world);
    const lived = await liveThrough(world, options);
    return await report(world, lived);
  } catch (cause) {
    options.log(world.running.service.output());
    throw cause;
  } finally {
    for (const audience of world.audiences) audience.leave();
    await world.running.close();
  }
};

type Lived = Pick<RedisReport, "returns" | "calls">;

const liveThrough = async (world: World, options: RedisOptions): Promise<Lived> => {
  const { load, clients } = world;
  const stop = new AbortController();
  const running = Promise.all([
    load.runAtRate(options.confirmsPerSecond),
    clients.run(stop.signal),
  ]);
  try {
    // Whoever of them fails ends it all.
    return await Promise.race([
      script(world, options),
      running.then(() => Promise.reject(new Error("too early"))),
    ]);
  } finally {
    load.stop();
    stop.abort();
    await inTime(
      "the last answers",
      running.then(() => undefined),
    );
  }
};

const script = async (world: World, { quietMs, outages, log }: RedisOptions): Promise<Lived> => {
  const { running, load } = world;
  const returns: Return[] = [];
  const calls: [string, CallsSummary][] = [["filling", await running.takeCalls()]];
  const enter = async (phase: Phase, before: Phase): Promise<void> => {
    world.phases.enter(phase);
    calls.push([before, await running.takeCalls()]);
  };
  await sleep(quietMs);
  let before: Phase = "before";
  for (const { lastsMs, having } of outages) {
    await enter("away", before);
    await running.kill();
    log(`Redis is away, ${load.durable} durable`);
    const [least] = await Promise.all([readTallies(world), sleep(lastsMs)]);
    await enter("back", "away");
    returns.push(
      await comeBack(world, least, `a return with ${having}`, () => running.restart(having)),
    );
    await sleep(quietMs);
    before = "back";
  }
  const least = await readTallies(world);
  await enter("flushed", before);
  const flush = () => running.withRedis((send) => send("FLUSHALL")).then(() => undefined);
  returns.push(await comeBack(world, least, "FLUSHALL", flush));
  await enter("after", "flushed");
  await sleep(quietMs);
  calls.push(["after", await running.takeCalls()]);
  return { returns, calls };
};

/** @param least what every content's number has to be again, at least */
const comeBack = async (
  { running, streams, setting: { log } }: World,
  least: ReadonlyMap<string, number>,
  after: string,
  happen: () => Promise<void>,
): Promise<Return> => {
  const startedAt = performance.now();
  const since = Date.now();
  await happen();
  const msOf = async (what: string, work: Promise<void>): Promise<number> => {
    await inTime(`${what} after ${after}`, work);
    const ms = Math.round(performance.now() - startedAt);
    log(`${ms} ms after ${after}: ${what}`);
    return ms;
  };
  return await running.withRedis(async (send) => {
    const [completeMs, listedMs] = await Promise.all([
      msOf("all numbers in Redis", untilComplete(send, least, log)),
      msOf("all streams in Redis", untilListed(send, streams, since)),
    ]);
    return { after, completeMs, listedMs };
  });
};

/** By strong reads, of every content. */
const readTallies = async ({ running, contents }: World): Promise<ReadonlyMap<string, number>> => {
  const share = Math.ceil(contents.length / READERS_OF_TALLIES);
  const parts = Array.from({ length: READERS_OF_TALLIES }, (_, i) =>
    readCounts(running.service, contents.slice(i * share, (i + 1) * share)),
  );
  return new Map((await Promise.all(parts)).flatMap((part) => [...part]));
};

const report = async (world: World, lived: Lived): Promise<RedisReport> => {
  const { running, contents, phases, load, clients, setting } = world;
  const counted = await settled(running.service, contents, {
    ...{ least: load.durable, quietMs: setting.restMs },
  });
  const sent = new Map<string, number>();
  for (const { content } of load.events) sent.set(content, (sent.get(content) ?? 0) + 1);
  const published = await running.withRedis(async (send) => {
    await inTime("the last numbers in Redis", untilComplete(send, counted, setting.log));
    return viewsIn(send, contents);
  });
  const differs = (id: string) =>
    counted.get(id) !== sent.get(id) || published.get(id) !== sent.get(id);
  return {
    ...{ sent: load.events.length, durable: load.durable, failedConfirms: phases.failed },
    ...{ counted: sum(counted.values()), published: sum(published.values()) },
    differing: contents.filter(differs).length,
    ...lived,
    ...{ told: clients.told.summaries(), mishaps: clients.told.mishaps },
    confirms: phases.latency(),
  };
};
