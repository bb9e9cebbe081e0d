import { objectCollectors } from "../../src/adapters/objects/collectors.ts";
import { collectInto } from "../../src/app/views/collect.ts";
import { GroupLane } from "../../src/app/views/group-lane.ts";
import type { Log } from "../../src/ports/log.ts";
import { ELAPSED, within } from "../../src/ports/timers.ts";
import type { CollectorRpc } from "../../src/protocol/object-rpc.ts";
import type { Caller } from "./network.ts";
import type { Prng } from "./prng.ts";
import type { Life, Scheduler } from "./scheduler.ts";

const PATIENCE_MS = 2_000;
const NOBODY: Life = { alive: true };

export interface IsolateDeps {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly log: Log;
  collectorOf(caller: Caller, name: string): CollectorRpc;
  isFaulty(): boolean;
}

/** A Worker's isolate near one POP, with the real lane; its memory goes whenever the platform likes. */
export class Isolate implements Caller {
  readonly name: string;
  readonly #colo: string;
  readonly #deps: IsolateDeps;
  readonly #skewMs: number;
  life: Life = { alive: true };
  #lane: GroupLane;

  constructor(name: string, colo: string, deps: IsolateDeps) {
    this.name = name;
    this.#colo = colo;
    this.#deps = deps;
    this.#skewMs = deps.random.between(-3_000, 3_000);
    this.#lane = this.#makeLane();
  }

  now(): number {
    return this.#deps.scheduler.now + this.#skewMs;
  }

  send(message: () => void): void {
    message();
  }

  restart(): void {
    this.life.alive = false;
    this.life = { alive: true };
    this.#lane = this.#makeLane();
  }

  /** One confirm, as its client sees it. @returns whether it was told `durable` */
  async confirm(frames: Uint8Array): Promise<boolean> {
    const { random, scheduler, isFaulty } = this.#deps;
    const { outcome, carry } = this.#lane.join(this.#colo, frames);
    const carrierDies = isFaulty() && random.chance(0.05);
    if (carry !== undefined && !carrierDies) carry().catch(() => undefined);
    const told = await within(outcome, PATIENCE_MS, scheduler.timers(NOBODY, "client"));
    return told !== ELAPSED && told === "committed";
  }

  #makeLane(): GroupLane {
    const { scheduler, log, collectorOf } = this.#deps;
    const clock = { now: () => this.now() };
    const timers = scheduler.timers(this.life, this.name);
    const stubs = { getByName: (name: string) => collectorOf(this, name) };
    const collectors = objectCollectors(stubs, timers);
    return new GroupLane({ clock, timers, send: collectInto({ collectors, clock, log }) });
  }
}
