import { correctorStore } from "../../src/adapters/objects/corrector-store.ts";
import { objectCorrectors } from "../../src/adapters/objects/correctors.ts";
import { objectTallies } from "../../src/adapters/objects/tallies.ts";
import { Corrector } from "../../src/app/views/correction/corrector.ts";
import { hourOf } from "../../src/core/views/ledger.ts";
import type { ShardSchedule } from "../../src/core/views/shards.ts";
import type { Log } from "../../src/ports/log.ts";
import type { CorrectionOrder, CorrectorRpc } from "../../src/protocol/correction-rpc.ts";
import type { TallyRpc } from "../../src/protocol/object-rpc.ts";
import { calendarOf } from "../support/calendars.ts";
import { NaiveOracle } from "../support/naive-oracle.ts";
import type { BadRawLog } from "./bad-raw-log.ts";
import type { Caller, Network } from "./network.ts";
import { type Kind, ObjectHost } from "./object-host.ts";
import type { Prng } from "./prng.ts";
import type { Scheduler } from "./scheduler.ts";
import { naively } from "./tally-witness.ts";
import { demand, type View } from "./view.ts";

export interface CorrectionDeps {
  readonly shards: number;
  readonly schedule: ShardSchedule;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly random: Prng;
  readonly rawLog: BadRawLog;
  readonly log: Log;
  tallyOf(caller: Caller, name: string): TallyRpc;
  onFault(cause: unknown): void;
}

const ignore = () => undefined;

/** The real Correctors over the real store, one a shard. */
export class Correction {
  readonly hosts: readonly ObjectHost<Corrector>[];
  readonly #deps: CorrectionDeps;

  constructor(deps: CorrectionDeps) {
    this.#deps = deps;
    this.hosts = Array.from({ length: deps.shards }, (_, shard) => {
      return new ObjectHost(`corrector:${shard}`, this.#kind(shard), deps.scheduler, deps.random);
    });
  }

  /** Every Corrector gets the order, if it is not lost on its way. */
  order(caller: Caller, order: CorrectionOrder): void {
    for (const { name } of this.hosts) this.#stub(caller, name).correct(order).catch(ignore);
  }

  checkAtRest(): void {
    for (const host of this.hosts) {
      host.crash();
      demand(!host.isArmed, () => `${host.name} has an alarm at rest`);
      host.inspect((corrector) => {
        const { waiting, running, failure } = corrector.status();
        const isDone = waiting === 0 && running === undefined && failure === undefined;
        demand(isDone, () => `${host.name} rests with work: ${JSON.stringify(corrector.status())}`);
      });
    }
  }

  #kind(shard: number): Kind<Corrector> {
    const { schedule, random, rawLog, log, scheduler, network, tallyOf, onFault } = this.#deps;
    const fraction = () => random.fraction();
    const save = async () => {
      if (network.isFaulty && random.chance(0.1)) throw new Error("the database is away");
      return 1;
    };
    return {
      make: ({ storage, clock, timers, background }, host) =>
        new Corrector({
          shard,
          schedule,
          calendar: calendarOf("UTC", scheduler.now),
          store: correctorStore(storage, background),
          tallies: objectTallies({ getByName: (name) => tallyOf(host, name) }, timers),
          correctors: objectCorrectors({ getByName: (name) => this.#stub(host, name) }, timers),
          rawLog: rawLog.by(timers),
          statistics: { saveUniques: save },
          corrections: { record: async () => void (await save()) },
          exclusions: { during: async () => [] },
          clock,
          random: { fraction, bytes: (count) => new Uint8Array(count) },
          log,
          // So little that a handful of views takes several steps, slices and chunks.
          limits: { eventsPerAlarm: 8, eventsPerSlice: 5, contentsPerChunk: 2 },
        }),
      alarm: (corrector) => corrector.alarm(),
      onWake: ignore,
      onFlush: ignore,
      onCrash: ignore,
      onFault,
    };
  }

  #stub(caller: Caller, name: string): CorrectorRpc {
    const host = this.hosts.find((it) => it.name === name);
    if (host === undefined) throw new Error(`there is no ${name}`);
    const call = <R>(what: string, invoke: (corrector: Corrector) => R | Promise<R>): Promise<R> =>
      this.#deps.network.call(caller, host, what, invoke);
    return {
      correct: (order) => call(`correct ${order.kind}`, (corrector) => corrector.correct(order)),
      carryOut: (hour) => call("carry out", (corrector) => corrector.carryOut(hour)),
      status: () => call("status", (corrector) => corrector.status()),
    };
  }
}

/** Cells by `shard/hour/content`, as the naive fold of all views in the order of their time finds them. */
export const cellsOfAll = (views: Iterable<View>): ReadonlyMap<string, number> => {
  const oracle = new NaiveOracle();
  const cells = new Map<string, number>();
  const inOrder = [...views].sort((a, b) => a.event.at - b.event.at || (a.id < b.id ? -1 : 1));
  for (const view of inOrder) {
    if (!oracle.counts(naively(view))) continue;
    const { shard, at, content } = view.event;
    const cell = `${shard}/${hourOf(at)}/${content}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return cells;
};
