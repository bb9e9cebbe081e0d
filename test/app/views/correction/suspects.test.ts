import { describe, expect, test } from "vitest";
import {
  dismissSuspicion,
  excludeSuspicion,
  type SuspicionDeps,
} from "../../../../src/app/views/suspicions.ts";
import type { SuspectMode } from "../../../../src/core/suspicion/held.ts";
import { CorrectorWorld } from "../../../support/corrector-world.ts";
import { makeEvent } from "../../../support/events.ts";
import { MemoryExclusions } from "../../../support/memory-exclusions.ts";
import {
  type Botnet,
  botnetTraffic,
  honestTraffic,
  type TrafficView,
  together,
} from "../../../support/view-traffic.ts";

const MIDNIGHT = Date.UTC(2026, 10, 21);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const HOUR = MIDNIGHT + 13 * HOUR_MS;
const SECOND_MS = 1_000;

/** Made by the first test that asks. */
const once = <Made>(make: () => Made): (() => Made) => {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** From noon on a content goes viral; an office reads much. */
const honest = once(() => [
  ...honestTraffic({
    seed: 11,
    from: MIDNIGHT,
    viewsPerSecond: 3,
    contents: 300,
    networks: 20_000,
    hours: [13, 13.5],
    hasViral: true,
    hasOffice: true,
  }),
]);

/** 400 browsers of one network, a confirm every 8 s each: 30,000 in ten minutes, of which 4,000 could count. */
const BOTNET: Botnet = {
  from: HOUR + 7 * MINUTE_MS,
  content: "c-3",
  network: 5_000_000,
  browsers: 400,
  confirms: 30_000,
  everyMs: 8_000,
};

/** In chunks of a second, as a Collector hands them over. */
const play = async (world: CorrectorWorld, views: Iterable<TrafficView>): Promise<void> => {
  let serial = 0;
  let chunk: ReturnType<typeof makeEvent>[] = [];
  for (const view of views) {
    if (view.acceptedAt >= world.now + SECOND_MS) {
      world.append(chunk);
      chunk = [];
      world.now = view.acceptedAt;
      const { background } = world.harness();
      while (background.length > 0) await background.shift();
    }
    serial += 1;
    const { at, content, visitor, network, browser } = view;
    // Which of its keys an event has in the window does not depend on when it is confirmed.
    chunk.push({ ...makeEvent({ serial, at, content, visitor }), network, browser });
  }
  world.append(chunk);
};

const over = async (world: CorrectorWorld): Promise<Record<string, number>> => {
  world.now = HOUR + 2 * HOUR_MS;
  await world.correct();
  return world.cells(HOUR);
};

/** What an operator works with. */
const deskOf = (world: CorrectorWorld, mode: SuspectMode) => {
  const exclusions = new MemoryExclusions();
  const deps: SuspicionDeps = {
    suspicions: world.suspicions,
    mode,
    exclusions,
    correctors: {
      correct: async (shard, order) => {
        const queued = world.corrector(shard).correct(order);
        world.disk(shard).flush();
        return queued;
      },
    },
    schedule: world.schedule,
    clock: { now: () => world.now },
    random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
    actor: "operator",
  };
  return { deps, exclusions };
};

const attacked = async (suspects: SuspectMode) => {
  const world = new CorrectorWorld({ now: HOUR, suspects });
  await play(world, together(honest(), botnetTraffic(BOTNET)));
  return { world, ...deskOf(world, suspects) };
};

const withoutBots = once(async (): Promise<Record<string, number>> => {
  const world = new CorrectorWorld({ now: HOUR, suspects: "count" });
  await play(world, honest());
  expect(world.suspicions.rows.size).toBe(0);
  return over(world);
});

/** Attacked, nobody held: the flagged world, and what it counted before anybody decided anything. */
const counting = once(async () => {
  const attack = await attacked("count");
  const { raisedAt, toAt } = suspicionOf(attack.world);
  return { ...attack, raisedAt, toAt, counted: await over(attack.world) };
});

const suspicionOf = ({ suspicions }: CorrectorWorld) => {
  const [row, ...others] = suspicions.rows.values();
  if (row === undefined || others.length > 0) throw new Error(`${suspicions.rows.size} suspicions`);
  return row;
};

describe("a botnet of 400 browsers and 30,000 confirms amid honest traffic", () => {
  test("is flagged within a minute, excluded by one call and gone after correction: the honest numbers are as without it", async () => {
    const expected = await withoutBots();
    const { world, deps, exclusions, counted, raisedAt, toAt } = await counting();
    const { id, content, rule } = suspicionOf(world);
    expect({ content, rule }).toEqual({ content: "c-3", rule: "network-share@1" });
    expect(raisedAt).toBeLessThanOrEqual(BOTNET.from + MINUTE_MS);
    expect(toAt).toBeGreaterThan(BOTNET.from + 9 * MINUTE_MS);

    const { "c-3": withBots = 0, ...others } = counted;
    const { "c-3": clean = 0, ...honestOthers } = expected;
    expect(others).toEqual(honestOthers);
    expect(withBots - clean).toBeGreaterThan(3_900);

    const excluded = await excludeSuspicion(deps, { id });
    expect(excluded).toMatchObject({ status: "excluded", decided: { isNew: true } });
    world.exclusions = await exclusions.during(HOUR, HOUR + HOUR_MS);
    await world.settle();
    expect(world.cells(HOUR)).toEqual(expected);

    // The same again is the same, and the other decision comes too late.
    expect(await excludeSuspicion(deps, { id })).toMatchObject({ decided: { isNew: false } });
    expect(await dismissSuspicion(deps, { id })).toMatchObject({ status: "already-decided" });
    await world.settle();
    expect(exclusions.records.size).toBe(1);
    expect(world.cells(HOUR)).toEqual(expected);
  });

  test("where suspects are held it is out from the flag on, stays out by correction while the suspicion stands, and goes with an exclusion", async () => {
    const expected = await withoutBots();
    const { world, deps, exclusions } = await attacked("hold");
    const { id, score } = suspicionOf(world);
    expect(score).toBeGreaterThanOrEqual(80);
    const live = world.harness().views("c-3") ?? 0;
    const corrected = await over(world);
    const { "c-3": clean = 0 } = expected;
    // Only what came before the flag counts: a minute of it at most.
    expect(live - clean).toBeLessThanOrEqual(400);
    expect((corrected["c-3"] ?? 0) - clean).toBeLessThanOrEqual(400);
    expect(world.recordsOf(HOUR).at(-1)?.detail).toContain('"suspect"');

    await excludeSuspicion(deps, { id });
    world.exclusions = await exclusions.during(HOUR, HOUR + HOUR_MS);
    await world.settle();
    expect(world.cells(HOUR)).toEqual(expected);
  });

  test("what was held counts after a dismissal, as it would have if nobody had been suspected", async () => {
    const { counted: expected } = await counting();
    const { world, deps } = await attacked("hold");
    await over(world);
    expect(world.cells(HOUR)).not.toEqual(expected);
    const { id } = suspicionOf(world);
    expect(await dismissSuspicion(deps, { id })).toMatchObject({ status: "dismissed" });
    await world.settle();
    expect(world.cells(HOUR)).toEqual(expected);
  });
});
