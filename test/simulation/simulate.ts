import { HOUR_MS } from "../../src/core/limits.ts";
import { MIDNIGHT } from "../support/histories.ts";
import { cellsOfAll } from "./correction.ts";
import type { ObjectHost } from "./object-host.ts";
import { Traffic } from "./traffic.ts";
import { demand, type View } from "./view.ts";
import { World } from "./world.ts";

/** What a world suffers besides crashes and a bad network. */
export type Scenario = "crashes" | "collector-lost" | "tally-lost" | "corrected";

export interface Outcome {
  readonly steps: number;
  readonly crashes: number;
  readonly events: number;
  readonly counted: number;
  readonly late: number;
  readonly duplicates: number;
  /** Acknowledged events that went with the only storage that held them. */
  readonly lost: number;
}

const MINUTE_MS = 60_000;
/** Between them copies arrive at the horizon, and beyond it. */
const BAD_TIMES = [
  [0, 3],
  [18, 23],
  [40, 41],
] as const;
type Minutes = readonly [from: number, to: number];
/** When hours are ordered to be corrected, and when the cron does; whether the network is bad then. */
const CORRECTED_TIMES: readonly [Minutes, ...Minutes[]] = [
  [1, 4],
  [18, 24],
  [40, 80],
];
const DUE_TIMES = [
  [95, true],
  [98, false],
  [165, false],
  [225, false],
] as const;
const MAX_STEPS = 300_000;

/** Runs one world from its seed until nothing is left to do. @throws with seed and trace when a guarantee breaks */
export const simulate = async (seed: number, scenario: Scenario): Promise<Outcome> => {
  // A group may fail on a bad network: then its clients were told so, and try again.
  const allowedProblems = new Set([
    "collect.failed",
    ...(scenario === "tally-lost" ? ["tally.gap"] : []),
    ...(scenario === "corrected" ? ["tally.archive-failed"] : []),
  ]);
  const startsAt = MIDNIGHT - 80_000;
  const isCorrected = scenario === "corrected";
  const world = new World({ seed, startsAt, allowedProblems, isCorrected });
  try {
    return await new Run(world, scenario).toTheEnd();
  } catch (cause) {
    const { scheduler } = world;
    const trace = scheduler.trace.join("\n  ");
    const replay = `npm run simulate -- --seed ${seed}`;
    const what = cause instanceof Error ? cause.message : `${cause}`;
    throw new Error(`${what}\nseed ${seed}, step ${scheduler.steps}: ${replay}\n  ${trace}`, {
      cause,
    });
  }
};

type Unlucky = Pick<ObjectHost<never>, "name" | "skewMs" | "disk" | "crash">;

class Run {
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #traffic: Traffic;
  #crashes = 0;

  constructor(world: World, scenario: Scenario) {
    this.#world = world;
    this.#scenario = scenario;
    this.#traffic = new Traffic(world, world.schedule);
  }

  async toTheEnd(): Promise<Outcome> {
    const { random, network, scheduler } = this.#world;
    this.#traffic.plan(random.between(30, 70), 0, 150_000);
    for (let burst = random.between(1, 3); burst > 0; burst -= 1) {
      const at = random.between(10_000, 150_000);
      this.#traffic.plan(random.between(5, 15), at, at + 30);
    }
    this.#traffic.plan(random.between(3, 8), 40 * MINUTE_MS, 40 * MINUTE_MS + 20_000);
    for (const [from, to] of BAD_TIMES) {
      scheduler.in(from * MINUTE_MS, "the network fails", () => network.setFaulty(true));
      scheduler.in(to * MINUTE_MS, "the network heals", () => network.setFaulty(false));
    }
    this.#planCuts();
    this.#planLosses();
    this.#planCorrection();
    while (await this.#world.step()) {
      demand(scheduler.steps < MAX_STEPS, () => "the world does not come to rest");
      if (network.isFaulty && random.chance(0.02)) this.#misfortune();
    }
    this.#wakeEverythingAnew();
    this.#judgeCorrection();
    return this.#judge();
  }

  #planCuts(): void {
    const { random, scheduler, network } = this.#world;
    for (let cut = random.between(0, 3); cut > 0; cut -= 1) {
      const from = random.pick(["collector:AAA:0", "collector:BBB:0"]);
      const to = `tally:${random.between(0, 3)}`;
      const ms = random.chance(0.1)
        ? random.between(22, 38) * MINUTE_MS
        : random.between(5, 90) * 1_000;
      scheduler.in(random.between(0, 100_000), `cut ${from} > ${to}`, () => {
        network.cut(from, to);
        scheduler.in(ms, `mended ${from} > ${to}`, () => network.mend(from, to));
      });
    }
  }

  #planLosses(): void {
    const { random, scheduler, collectors, tallies, collectorWitness } = this.#world;
    if (this.#scenario !== "collector-lost" && this.#scenario !== "tally-lost") return;
    for (let loss = random.between(1, 2); loss > 0; loss -= 1) {
      const name =
        this.#scenario === "tally-lost"
          ? `tally:${random.between(0, 3)}`
          : random.pick(["collector:AAA:0", "collector:BBB:0"]);
      scheduler.in(random.between(20_000, 160_000), `${name} loses its storage`, () => {
        const collector = collectors.get(name);
        if (collector !== undefined) collectorWitness.losing(collector);
        collector?.loseStorage();
        if (tallies.has(name)) this.#world.loseTally(name);
      });
    }
  }

  /** In bad times over and over, also of hours that are not over; and what is due when all that is late has come. */
  #planCorrection(): void {
    const { random, scheduler, network, correction, isolates } = this.#world;
    if (correction === undefined) return;
    const all = { from: MIDNIGHT - HOUR_MS, to: MIDNIGHT + HOUR_MS, reason: "manual" } as const;
    for (let order = random.between(2, 6); order > 0; order -= 1) {
      const [from, to] = random.pick(CORRECTED_TIMES);
      scheduler.in(random.between(from * MINUTE_MS, to * MINUTE_MS), "an order to correct", () =>
        correction.order(random.pick(isolates), { kind: "hours", ...all }),
      );
    }
    for (const [minute, isFaulty] of DUE_TIMES) {
      scheduler.in(minute * MINUTE_MS, "what is due is corrected", () => {
        network.setFaulty(isFaulty);
        correction.order(isolates[0], { kind: "due" });
      });
    }
  }

  /** Between any two steps. */
  #misfortune(): void {
    const { random, scheduler, isolates, collectors, tallies, salts, correction } = this.#world;
    if (random.chance(0.1)) {
      const isolate = random.pick(isolates);
      scheduler.note(`${isolate.name} is restarted`);
      isolate.restart();
      return;
    }
    const { hosts = [] } = correction ?? {};
    const all: [Unlucky, ...Unlucky[]] = [
      salts,
      ...collectors.values(),
      ...tallies.values(),
      ...hosts,
    ];
    const [writing, ...others] = all.filter(({ disk }) => disk.dirty);
    const isAimed = writing !== undefined && random.chance(0.6);
    const host = isAimed ? random.pick([writing, ...others]) : random.pick(all);
    if (random.chance(0.4)) {
      host.skewMs += random.between(-4_000, 4_000);
      return;
    }
    scheduler.note(`${host.name} crashes`);
    this.#crashes += 1;
    host.crash();
  }

  /** Everything that is stored speaks for itself. */
  #wakeEverythingAnew(): void {
    const { collectors, tallies, collectorWitness } = this.#world;
    for (const host of collectors.values()) {
      host.inspect(() => collectorWitness.checkAtRest(host));
    }
    for (const host of tallies.values()) {
      host.crash();
      host.inspect((tally) => this.#world.witnessOf(host.name).checkAtRest(tally));
    }
  }

  /** Nothing is left to correct, and every Tally has what a fold of everything finds. */
  #judgeCorrection(): void {
    const { correction, tallies, views } = this.#world;
    if (correction === undefined) return;
    correction.checkAtRest();
    const expected = cellsOfAll(views.values());
    const found = new Map<string, number>();
    for (const [name, { disk }] of tallies) {
      const dirty = disk.read("SELECT hour FROM hours WHERE dirtied_at > through");
      demand(dirty.length === 0, () => `${name} has ${dirty.length} dirty hours at rest`);
      for (const { hour, content, counted, final } of disk.read("SELECT * FROM cells")) {
        const cell = `${name.slice("tally:".length)}/${hour}/${content}`;
        demand(final === 1, () => `cell ${cell} is not final at rest`);
        if (Number(counted) > 0) found.set(cell, Number(counted));
      }
    }
    for (const cell of new Set([...expected.keys(), ...found.keys()])) {
      demand(found.get(cell) === expected.get(cell), () => {
        return `cell ${cell} holds ${found.get(cell)}, and the fold of all finds ${expected.get(cell)}`;
      });
    }
  }

  #judge(): Outcome {
    const views = [...this.#world.views.values()];
    const outcome = { events: views.length, counted: 0, late: 0, duplicates: 0, lost: 0 };
    for (const view of views) {
      demand(this.#traffic.acked.has(view.id), () => `the sender of ${view.id} was never answered`);
      const found = this.#world.witnessOf(`tally:${view.event.shard}`).verdicts.get(view.id);
      if (found === undefined) {
        demand(this.#wasLost(view), () => `event ${view.id} was acknowledged and is in no Tally`);
        outcome.lost += 1;
        continue;
      }
      const { first, counted } = found;
      demand(counted <= 1, () => `event ${view.id} was counted ${counted} times`);
      const mustCount = view.countable && first !== "late" && isAlone(view, views);
      demand(!mustCount || counted === 1, () => `event ${view.id} is ${first} and meets no other`);
      outcome.counted += counted;
      if (first === "late") outcome.late += 1;
      if (first === "duplicate") outcome.duplicates += 1;
    }
    return { ...outcome, steps: this.#world.scheduler.steps, crashes: this.#crashes };
  }

  #wasLost({ id, event }: View): boolean {
    const { collectorWitness } = this.#world;
    if (this.#scenario === "collector-lost") return collectorWitness.mayBeLost(id);
    const everTaken = this.#world.witnessOf(`tally:${event.shard}`).everTaken.has(id);
    return this.#scenario === "tally-lost" && everTaken;
  }
}

/** Whether no other view of the same person and content is near, so that no order of arrival can matter. */
const isAlone = (view: View, all: readonly View[]): boolean =>
  !all.some(
    (other) =>
      other !== view &&
      other.countable &&
      other.person === view.person &&
      other.event.content === view.event.content &&
      Math.abs(other.event.at - view.event.at) < MINUTE_MS,
  );
