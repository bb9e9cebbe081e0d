import { correctorStore } from "../../src/adapters/objects/corrector-store.ts";
import { objectCorrectors } from "../../src/adapters/objects/correctors.ts";
import type { SqlRow } from "../../src/adapters/objects/object-storage.ts";
import { objectTallies } from "../../src/adapters/objects/tallies.ts";
import { tallyStore } from "../../src/adapters/objects/tally-store.ts";
import { Corrector } from "../../src/app/views/correction/corrector.ts";
import { TallyRestore } from "../../src/app/views/restore-tally.ts";
import { Tally } from "../../src/app/views/tally.ts";
import { TallyDoor } from "../../src/app/views/tally-door.ts";
import type { ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import { allShards, type ShardSchedule } from "../../src/core/views/shards.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Correctors } from "../../src/ports/correctors.ts";
import type { Database } from "../../src/ports/database.ts";
import type { Log } from "../../src/ports/log.ts";
import type { Random } from "../../src/ports/random.ts";
import type { RawLog } from "../../src/ports/raw-log.ts";
import type { Tallies } from "../../src/ports/tallies.ts";
import type { Timers } from "../../src/ports/timers.ts";
import type { CorrectorRpc } from "../../src/protocol/correction-rpc.ts";
import type { TallyRpc } from "../../src/protocol/object-rpc.ts";
import type { Scheduler } from "../../test/simulation/scheduler.ts";
import { LocalObject } from "./local-object.ts";
import type { Counts } from "./oracle.ts";

export interface ShardsDeps {
  readonly scheduler: Scheduler;
  readonly schedule: ShardSchedule;
  readonly calendar: ReportingCalendar;
  readonly database: Database;
  readonly rawLog: RawLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

/** The Tallies and Correctors of all shards. */
export class Shards {
  readonly tallies: Tallies;
  readonly correctors: Correctors;
  readonly #deps: ShardsDeps;
  readonly #tallies: ReadonlyMap<number, LocalObject<TallyDoor>>;
  readonly #correctors: ReadonlyMap<number, LocalObject<Corrector>>;

  constructor(deps: ShardsDeps) {
    this.#deps = deps;
    const { timers } = deps;
    this.tallies = objectTallies({ getByName: (name) => this.tallyStub(name) }, timers);
    this.correctors = objectCorrectors({ getByName: (name) => this.#correctorStub(name) }, timers);
    const shards = allShards(deps.schedule);
    this.#tallies = new Map(shards.map((shard) => [shard, this.#makeTally(shard)]));
    this.#correctors = new Map(shards.map((shard) => [shard, this.#makeCorrector(shard)]));
  }

  /** All cells by `hour content`, the parts of a content's shards summed up. */
  cells(): Counts {
    return this.#cellsWhere("1 = 1", ({ hour, content }) => `${hour} ${content}`);
  }

  /** The same of one hour. */
  cellsOf(hour: number): Counts {
    return this.#cellsWhere(`hour = ${hour}`, ({ content }) => `${hour} ${content}`);
  }

  /** The same of all, by `hour content shard`. */
  parts(): Counts {
    return this.#cellsWhere("1 = 1", ({ hour, content }, shard) => `${hour} ${content} ${shard}`);
  }

  tallyStub(name: string): TallyRpc {
    const there = at(this.#tallies, name);
    const opened = <R>(what: string, work: (tally: Tally) => Promise<R> | R) =>
      there.call(what, async (door) => work(await door.open()));
    const corrected = <R>(what: string, work: (tally: Tally) => Promise<R> | R) =>
      there.call(what, (door) => door.corrected(work));
    return {
      append: (chunk) => opened("append", (it) => it.append(chunk)),
      counts: (contents) => opened("counts", (it) => it.counts(contents)),
      flush: () => opened("flush", (it) => it.flush()),
      close: (before) => opened("close", (it) => it.close(before)),
      status: () => there.call("status", (door) => door.status()),
      setStart: (content, views) => opened("start", (it) => it.setStart(content, views)),
      standing: (content) => opened("standing", (it) => it.standing(content)),
      restate: (content, views) => opened("restate", (it) => it.restate(content, views)),
      reflush: () => opened("reflush", (it) => it.reflush()),
      traceView: (query) => opened("traceView", (it) => it.traceView(query)),
      hours: () => corrected("hours", (it) => it.correction.hours()),
      seal: (hour, run) => corrected("seal", (it) => it.correction.seal(hour, run)),
      finalise: (request) => corrected("finalise", (it) => it.correction.finalise(request)),
      leave: (...args) => corrected("leave", (it) => it.correction.leave(...args)),
      rollUp: () => corrected("roll up", (it) => it.rollUp()),
    };
  }

  #correctorStub(name: string): CorrectorRpc {
    const there = at(this.#correctors, name);
    return {
      correct: (order) => there.call("correct", (it) => it.correct(order)),
      carryOut: (hour) => there.call("carry", (it) => it.carryOut(hour)),
      status: () => there.call("status", (it) => it.status()),
    };
  }

  #makeTally(shard: number): LocalObject<TallyDoor> {
    const { scheduler, calendar, database, rawLog, clock, random, log } = this.#deps;
    const name = `tally:${shard}`;
    const { counts, statistics, shards } = database;
    const { correctors } = this;
    return new LocalObject<TallyDoor>({
      ...{ name, scheduler, syncMs: () => 1 },
      make: (storage) => {
        const store = tallyStore(storage, clock.now(), background);
        const common = { name, shard, store, rawLog, clock, random, log };
        const restore = new TallyRestore({ ...common, shards, correctors });
        const tables = { counts, statistics, calendar };
        return new TallyDoor(restore, () => new Tally({ ...common, ...tables, abort }));
      },
      alarm: (door) => door.alarm(),
    });
  }

  #makeCorrector(shard: number): LocalObject<Corrector> {
    const { scheduler, database, ...deps } = this.#deps;
    const { statistics, corrections, exclusions } = database;
    const { tallies, correctors } = this;
    return new LocalObject<Corrector>({
      ...{ name: `corrector:${shard}`, scheduler, syncMs: () => 1 },
      make: (storage) => {
        const store = correctorStore(storage, background);
        return new Corrector({
          ...{ shard, store, tallies, correctors, statistics, corrections, exclusions, ...deps },
        });
      },
      alarm: (corrector) => corrector.alarm(),
    });
  }

  #cellsWhere(where: string, keyOf: (row: SqlRow, shard: number) => string): Counts {
    const counts: Counts = new Map();
    for (const [shard, { disk }] of this.#tallies) {
      for (const row of disk.read(`SELECT hour, content, counted FROM cells WHERE ${where}`)) {
        const key = keyOf(row, shard);
        counts.set(key, (counts.get(key) ?? 0) + Number(row.counted));
      }
    }
    return counts;
  }
}

const at = <T>(objects: ReadonlyMap<number, T>, name: string): T => {
  const object = objects.get(Number(name.split(":")[1]));
  if (object === undefined) throw new Error(`there is no ${name}`);
  return object;
};

/** What goes wrong in it ends the run. */
export const background = (work: Promise<void>): void => void work;

const abort = (reason: string): never => {
  throw new Error(reason);
};
