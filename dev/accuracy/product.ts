import { collectorStore } from "../../src/adapters/objects/collector-store.ts";
import type { SqlRow } from "../../src/adapters/objects/object-storage.ts";
import { saltStore } from "../../src/adapters/objects/salt-store.ts";
import { objectTallies } from "../../src/adapters/objects/tallies.ts";
import { tallyStore } from "../../src/adapters/objects/tally-store.ts";
import { Collector } from "../../src/app/views/collector.ts";
import { SaltKeeper } from "../../src/app/views/salt-keeper.ts";
import { Tally } from "../../src/app/views/tally.ts";
import { makeCalendar, type ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import { allShards, parseSchedule, type ShardSchedule } from "../../src/core/views/shards.ts";
import type { Database } from "../../src/ports/database.ts";
import type { Log } from "../../src/ports/log.ts";
import type { Random } from "../../src/ports/random.ts";
import type { Tallies } from "../../src/ports/tallies.ts";
import type { CollectorRpc, SaltsRpc, TallyRpc } from "../../src/protocol/object-rpc.ts";
import { Prng } from "../../test/simulation/prng.ts";
import type { Scheduler } from "../../test/simulation/scheduler.ts";
import { type Edge, makeEdge } from "./edge.ts";
import { LocalObject } from "./local-object.ts";
import type { Counts } from "./oracle.ts";
import { COLOS, type Colo, CUT_COLO, CUTS, SHARDS, TIME_ZONE } from "./setting.ts";

export interface ProductDeps {
  readonly scheduler: Scheduler;
  readonly database: Database;
  readonly seed: number;
}

const ALIVE = { alive: true };

/** The service in one process: its own classes over `node:sqlite`, with the world's clock. */
export class Product {
  readonly schedule: ShardSchedule;
  readonly calendar: ReportingCalendar;
  readonly clock;
  readonly timers;
  readonly random: Random;
  /** What it reported as an error. */
  readonly errors: string[] = [];
  readonly tallies: Tallies;
  readonly tallyObjects: ReadonlyMap<number, LocalObject<Tally>>;
  readonly #deps: ProductDeps;
  readonly #prng: Prng;
  readonly #collectors = new Map<string, LocalObject<Collector>>();
  readonly #salts: LocalObject<SaltKeeper>;
  readonly #edges: ReadonlyMap<Colo, Edge>;

  constructor(deps: ProductDeps) {
    const { scheduler, seed } = deps;
    this.#deps = deps;
    this.#prng = new Prng(seed ^ 0xab1e);
    this.random = randomOf(this.#prng);
    this.clock = { now: () => scheduler.now };
    this.timers = scheduler.timers(ALIVE, "product");
    this.schedule = demandSchedule(SHARDS);
    this.calendar = demandCalendar(TIME_ZONE, scheduler.now);
    this.tallyObjects = new Map(
      allShards(this.schedule).map((shard) => [shard, this.#makeTally(shard)]),
    );
    const getByName = (name: string) => this.#tallyStub(name);
    this.tallies = objectTallies({ getByName }, this.timers);
    this.#salts = this.#makeSalts();
    const colos = Object.keys(COLOS) as Colo[];
    this.#edges = new Map(colos.map((colo) => [colo, this.#makeEdge(colo)]));
  }

  readonly edge = (colo: Colo): Edge => {
    const edge = this.#edges.get(colo);
    if (edge === undefined) throw new Error(`there is no POP ${colo}`);
    return edge;
  };

  /** All cells there are by `hour content`, the parts of a content's shards summed up. */
  cells(): Counts {
    return this.#cellsWhere("1 = 1", ({ hour, content }) => `${hour} ${content}`);
  }

  /** The same of one hour. */
  cellsOf(hour: number): Counts {
    return this.#cellsWhere(`hour = ${hour}`, ({ content }) => `${hour} ${content}`);
  }

  /** The same by `hour content shard`. */
  parts(): Counts {
    return this.#cellsWhere("1 = 1", ({ hour, content }, shard) => `${hour} ${content} ${shard}`);
  }

  #cellsWhere(where: string, keyOf: (row: SqlRow, shard: number) => string): Counts {
    const counts: Counts = new Map();
    for (const [shard, { disk }] of this.tallyObjects) {
      for (const row of disk.read(`SELECT hour, content, counted FROM cells WHERE ${where}`)) {
        const key = keyOf(row, shard);
        counts.set(key, (counts.get(key) ?? 0) + Number(row.counted));
      }
    }
    return counts;
  }

  /** Orders every dirty hour that has been over for a while. */
  async correctDue(): Promise<void> {}

  /** Orders the reporting day that was over last, as the cron of 02:00 does. */
  async correctDayBefore(_at: number): Promise<void> {}

  readonly log: Log = {
    info: () => undefined,
    warn: () => undefined,
    error: (event, fields) => void this.errors.push(`${event} ${JSON.stringify(fields)}`),
  };

  #makeTally(shard: number): LocalObject<Tally> {
    const { scheduler, database } = this.#deps;
    const { clock, random, log } = this;
    const name = `tally:${shard}`;
    return new LocalObject<Tally>({
      ...{ name, scheduler, syncMs: () => 1 },
      make: (storage) => {
        const store = tallyStore(storage, clock.now(), background);
        return new Tally({
          name,
          shard,
          store,
          counts: database.counts,
          clock,
          random,
          log,
          abort,
        });
      },
      alarm: (tally) => tally.alarm(),
    });
  }

  #makeCollector(name: string): LocalObject<Collector> {
    const { scheduler } = this.#deps;
    const { clock, timers, random, log } = this;
    const tallies = objectTallies({ getByName: (tally) => this.#tallyStub(tally, name) }, timers);
    return new LocalObject<Collector>({
      ...{ name, scheduler, syncMs: () => this.#prng.between(1, 9) },
      make: (storage) => {
        const store = collectorStore(storage, () => "only", background);
        return new Collector({ name, store, tallies, clock, timers, random, log, background });
      },
      alarm: (collector) => collector.alarm(),
    });
  }

  #makeSalts(): LocalObject<SaltKeeper> {
    const { clock, calendar, random } = this;
    return new LocalObject<SaltKeeper>({
      ...{ name: "salts", scheduler: this.#deps.scheduler, syncMs: () => 1 },
      make: (storage) => {
        const store = saltStore(storage, background);
        return new SaltKeeper({ store, calendar, clock, random });
      },
      alarm: (keeper) => keeper.alarm(),
    });
  }

  #makeEdge(colo: Colo): Edge {
    const { clock, timers, random, log, schedule } = this;
    const salts: SaltsRpc = { current: () => this.#salts.call("current", (it) => it.current()) };
    const collector = (name: string) => this.#collectorStub(name);
    return makeEdge({ colo, clock, timers, random, log, schedule, salts, collector });
  }

  #collectorStub(name: string): CollectorRpc {
    const there = this.#collectors.get(name) ?? this.#makeCollector(name);
    this.#collectors.set(name, there);
    return { append: (frames) => there.call("append", (it) => it.append(frames)) };
  }

  #tallyStub(name: string, from = ""): TallyRpc {
    const there = this.tallyObjects.get(Number(name.split(":")[1]));
    if (there === undefined) throw new Error(`there is no ${name}`);
    return {
      append: (chunk) =>
        this.#isCut(from) ? never() : there.call("append", (it) => it.append(chunk)),
      counts: (contents) => there.call("counts", (it) => it.counts(contents)),
      flush: () => there.call("flush", (it) => it.flush()),
      close: (before) => there.call("close", (it) => it.close(before)),
      status: () => there.call("status", (it) => it.status()),
      setStart: (content, views) => there.call("start", (it) => it.setStart(content, views)),
      seal: (hour) => there.call("seal", (it) => it.seal(hour)),
      finalise: (request) => there.call("finalise", (it) => it.finalise(request)),
    };
  }

  #isCut(collector: string): boolean {
    const { now } = this.#deps.scheduler;
    if (!collector.startsWith(`collector:${CUT_COLO}:`)) return false;
    return CUTS.some(([from, to]) => from <= now && now < to);
  }
}

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** What goes wrong in it ends the run. */
const background = (work: Promise<void>): void => void work;

const abort = (reason: string): never => {
  throw new Error(reason);
};

const randomOf = (prng: Prng): Random => ({
  fraction: () => prng.fraction(),
  bytes: (count) => Uint8Array.from({ length: count }, () => prng.between(0, 255)),
});

const demandSchedule = (text: string): ShardSchedule => {
  const parsed = parseSchedule(text);
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

const demandCalendar = (zone: string, now: number): ReportingCalendar => {
  const made = makeCalendar(zone, now);
  if (made.status === "refused") throw new Error(made.reason);
  return made.calendar;
};
