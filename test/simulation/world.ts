import type { Collector } from "../../src/app/views/collector.ts";
import type { Tally } from "../../src/app/views/tally.ts";
import { parseSchedule, type ShardSchedule } from "../../src/core/views/shards.ts";
import type { Log } from "../../src/ports/log.ts";
import type { CollectorRpc, TallyRpc } from "../../src/protocol/object-rpc.ts";
import { content } from "../support/events.ts";
import { BadRawLog } from "./bad-raw-log.ts";
import { CollectorWitness } from "./collector-witness.ts";
import { Correction } from "./correction.ts";
import { Isolate } from "./isolate.ts";
import { collectorKind, saltKind, tallyKind } from "./kinds.ts";
import { type Caller, Network } from "./network.ts";
import { ObjectHost } from "./object-host.ts";
import { Prng } from "./prng.ts";
import { Scheduler } from "./scheduler.ts";
import { TallyWitness } from "./tally-witness.ts";
import type { View } from "./view.ts";

export const CONTENTS = ["a", "b", "c", "d"].map(content);
const SHARDS = 4;

export interface WorldOptions {
  readonly seed: number;
  readonly startsAt: number;
  /** Events of the log that this world may write. */
  readonly allowedProblems: ReadonlySet<string>;
  readonly isCorrected: boolean;
}

/** Everything there is, and everyone who watches it. */
export class World {
  readonly random: Prng;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly schedule: ShardSchedule;
  readonly rawLog: BadRawLog;
  /** Absent in worlds without correction. */
  readonly correction: Correction | undefined;
  readonly views = new Map<string, View>();
  readonly collectors = new Map<string, ObjectHost<Collector>>();
  readonly tallies = new Map<string, ObjectHost<Tally>>();
  readonly tallyWitnesses = new Map<string, TallyWitness>();
  readonly collectorWitness: CollectorWitness;
  readonly salts;
  readonly isolates: readonly [Isolate, Isolate, Isolate];
  readonly #log: Log;
  #fault: unknown;

  constructor({ seed, startsAt, allowedProblems, isCorrected }: WorldOptions) {
    this.random = new Prng(seed);
    this.scheduler = new Scheduler(startsAt);
    this.network = new Network(this.scheduler, this.random);
    this.schedule = scheduleOf(this.random.chance(0.3) ? "2,4@2026-11-22T00Z" : "4");
    this.#log = this.#strictLog(allowedProblems);
    const view = (id: string) => this.view(id);
    this.collectorWitness = new CollectorWitness({
      view,
      wasTaken: ({ event, id }) => this.witnessOf(`tally:${event.shard}`).everTaken.has(id),
      isTaken: ({ event, id }) => this.witnessOf(`tally:${event.shard}`).verdicts.has(id),
    });
    const isFaulty = () => this.network.isFaulty;
    this.rawLog = new BadRawLog({ random: this.random, isFaulty });
    this.#makeTallies(isCorrected);
    this.correction = isCorrected ? this.#makeCorrection() : undefined;
    const kind = saltKind(this.random, startsAt, this.fault);
    this.salts = new ObjectHost("salts", kind, this.scheduler, this.random);
    const { scheduler, random } = this;
    const collectorOf = (caller: Caller, name: string) => this.#collectorStub(caller, name);
    const deps = { scheduler, random, log: this.#log, collectorOf, isFaulty };
    this.isolates = [
      new Isolate("isolate 1", "AAA", deps),
      new Isolate("isolate 2", "AAA", deps),
      new Isolate("isolate 3", "BBB", deps),
    ];
  }

  view(id: string): View {
    const view = this.views.get(id);
    if (view === undefined) throw new Error(`nobody minted event ${id}`);
    return view;
  }

  loseTally(name: string): void {
    this.witnessOf(name).storageLost();
    this.collectorWitness.tallyLost(shardOf(name));
    this.tallies.get(name)?.loseStorage();
  }

  witnessOf(tally: string): TallyWitness {
    const witness = this.tallyWitnesses.get(tally);
    if (witness === undefined) throw new Error(`there is no ${tally}`);
    return witness;
  }

  /** Takes note of a broken guarantee; the step then ends the world. */
  readonly fault = (cause: unknown): void => {
    this.#fault ??= cause;
  };

  /** @returns whether anything was left to do */
  async step(): Promise<boolean> {
    if (!(await this.scheduler.step())) return false;
    for (const host of this.collectors.values()) {
      if (!host.disk.changed()) continue;
      host.afterStep();
      if (host.isAwake) this.collectorWitness.checkAlarm(host);
    }
    for (const host of this.tallies.values()) {
      if (!host.disk.changed()) continue;
      host.afterStep();
      if (host.isAwake) this.witnessOf(host.name).checkAlarm();
    }
    for (const host of this.correction?.hosts ?? []) {
      if (host.disk.changed()) host.afterStep();
    }
    this.salts.afterStep();
    if (this.#fault !== undefined) throw this.#fault;
    return true;
  }

  #makeCorrection(): Correction {
    return new Correction({
      shards: SHARDS,
      schedule: this.schedule,
      scheduler: this.scheduler,
      network: this.network,
      random: this.random,
      rawLog: this.rawLog,
      log: this.#log,
      tallyOf: (caller, name) => this.tallyStub(caller, name),
      onFault: this.fault,
    });
  }

  #makeTallies(isCorrected: boolean): void {
    for (let shard = 0; shard < SHARDS; shard += 1) {
      const name = `tally:${shard}`;
      const kind = tallyKind(() => this.witnessOf(name), this.rawLog, this.#log, this.fault);
      const host = new ObjectHost(name, kind, this.scheduler, this.random);
      this.tallies.set(name, host);
      const witness = new TallyWitness(host, {
        contents: CONTENTS,
        isCorrected,
        view: (id) => this.view(id),
        rowsOf: (source) => this.collectorWitness.rowsOf(source),
      });
      this.tallyWitnesses.set(name, witness);
    }
  }

  #collector(name: string): ObjectHost<Collector> {
    let host = this.collectors.get(name);
    if (host === undefined) {
      const tallyOf = (caller: Caller, tally: string) => this.tallyStub(caller, tally);
      const kind = collectorKind(
        this.collectorWitness,
        tallyOf,
        this.random,
        this.#log,
        this.fault,
      );
      host = new ObjectHost(name, kind, this.scheduler, this.random);
      this.collectors.set(name, host);
    }
    return host;
  }

  #collectorStub(caller: Caller, name: string): CollectorRpc {
    const host = this.#collector(name);
    return {
      append: (frames) =>
        this.network.call(caller, host, "append", async (collector) => {
          if (this.network.isFaulty && this.random.chance(0.01)) {
            throw Object.assign(new Error("too many requests"), { overloaded: true });
          }
          const answer = await collector.append(frames);
          const told = () => this.collectorWitness.committed(host, frames);
          if (answer.status === "committed") host.send(told);
          return answer;
        }),
    };
  }

  tallyStub(caller: Caller, name: string): TallyRpc {
    const host = this.tallies.get(name);
    if (host === undefined) throw new Error(`there is no ${name}`);
    const call = <R>(what: string, invoke: (tally: Tally) => R | Promise<R>): Promise<R> =>
      this.network.call(caller, host, what, invoke);
    return {
      append: async (chunk) => {
        const answer = await call(`rows above ${chunk.follows}`, (tally) => {
          const now = host.now();
          const { mark, nextAfterMs } = tally.append(chunk);
          this.witnessOf(name).appended(chunk, mark, tally, now);
          return { mark, nextAfterMs, by: host.epoch };
        });
        const rewinds = answer.mark < chunk.follows && answer.by === host.epoch;
        if (rewinds) this.collectorWitness.rewound(chunk.source, shardOf(name), answer.mark);
        return answer;
      },
      counts: (contents) => call("counts", (tally) => tally.counts(contents)),
      flush: () => call("flush", (tally) => tally.flush()),
      close: (before) => call("close", (tally) => tally.close(before)),
      status: () => call("status", (tally) => tally.status()),
      setStart: (content, views) => call("start", (tally) => tally.setStart(content, views)),
      standing: (content) => call("standing", (tally) => tally.standing(content)),
      restate: (content, views) => call("restate", (tally) => tally.restate(content, views)),
      reflush: () => call("reflush", (tally) => tally.reflush()),
      traceView: (query) => call("traceView", (tally) => tally.traceView(query)),
      rollUp: () => call("roll up", (tally) => tally.rollUp()),
      hours: () => call("hours", (tally) => tally.correction.hours()),
      seal: (hour, run) => call("seal", (tally) => tally.correction.seal(hour, run)),
      finalise: (request) => call("finalise", (tally) => tally.correction.finalise(request)),
      leave: (hour, run, through) =>
        call("leave", (tally) => tally.correction.leave(hour, run, through)),
    };
  }

  /** Errors of the product are broken guarantees unless the scenario is about them. */
  #strictLog(allowed: ReadonlySet<string>): Log {
    return {
      info: () => undefined,
      warn: (event) => this.scheduler.note(event),
      error: (event) => {
        if (!allowed.has(event)) this.fault(new Error(`the product reported ${event}`));
      },
    };
  }
}

const shardOf = (tally: string): number => Number(tally.slice("tally:".length));

const scheduleOf = (text: string): ShardSchedule => {
  const parsed = parseSchedule(text);
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};
