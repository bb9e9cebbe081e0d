import { collectorStore } from "../../src/adapters/objects/collector-store.ts";
import { saltStore } from "../../src/adapters/objects/salt-store.ts";
import { objectTallies } from "../../src/adapters/objects/tallies.ts";
import { Collector } from "../../src/app/views/collector.ts";
import { askEveryShard } from "../../src/app/views/every-shard.ts";
import { SaltKeeper } from "../../src/app/views/salt-keeper.ts";
import { makeCalendar, type ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import { parseSchedule, type ShardSchedule } from "../../src/core/views/shards.ts";
import type { Database } from "../../src/ports/database.ts";
import type { Log } from "../../src/ports/log.ts";
import type { Random } from "../../src/ports/random.ts";
import type { RawLog } from "../../src/ports/raw-log.ts";
import type { CorrectionOrder } from "../../src/protocol/correction-rpc.ts";
import type { CollectorRpc, SaltsRpc, TallyRpc } from "../../src/protocol/object-rpc.ts";
import { Prng } from "../../test/simulation/prng.ts";
import type { Scheduler } from "../../test/simulation/scheduler.ts";
import { type Edge, makeEdge } from "./edge.ts";
import { LocalObject } from "./local-object.ts";
import { COLOS, type Colo, CUT_COLO, CUTS, TIME_ZONE } from "./setting.ts";
import { background, Shards } from "./shards.ts";

export interface ProductDeps {
  readonly scheduler: Scheduler;
  readonly database: Database;
  readonly rawLog: RawLog;
  readonly seed: number;
  /** `TALLY_SHARDS` */
  readonly shards: string;
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
  readonly shards: Shards;
  readonly #scheduler: Scheduler;
  readonly #prng: Prng;
  readonly #collectors = new Map<string, LocalObject<Collector>>();
  readonly #salts: LocalObject<SaltKeeper>;
  readonly #edges: ReadonlyMap<Colo, Edge>;

  constructor({ scheduler, database, rawLog, seed, shards }: ProductDeps) {
    this.#scheduler = scheduler;
    this.#prng = new Prng(seed ^ 0xab1e);
    this.random = randomOf(this.#prng);
    this.clock = { now: () => scheduler.now };
    this.timers = scheduler.timers(ALIVE, "product");
    this.schedule = demandSchedule(shards);
    this.calendar = demandCalendar(TIME_ZONE, scheduler.now);
    const { schedule, calendar, clock, timers, random, log } = this;
    this.shards = new Shards({
      ...{ scheduler, schedule, calendar, database, rawLog, clock, timers, random, log },
    });
    this.#salts = this.#makeSalts();
    const colos = Object.keys(COLOS) as Colo[];
    this.#edges = new Map(colos.map((colo) => [colo, this.#makeEdge(colo)]));
  }

  readonly log: Log = {
    info: () => undefined,
    warn: () => undefined,
    error: (event, fields) => void this.errors.push(`${event} ${JSON.stringify(fields)}`),
  };

  readonly edge = (colo: Colo): Edge => {
    const edge = this.#edges.get(colo);
    if (edge === undefined) throw new Error(`there is no POP ${colo}`);
    return edge;
  };

  /** Gives all Correctors an order. */
  async correct(order: CorrectionOrder): Promise<void> {
    const { correctors } = this.shards;
    const { failed } = await askEveryShard(this.schedule, (shard) =>
      correctors.correct(shard, order),
    );
    this.errors.push(...failed.map(({ shard, cause }) => `corrector ${shard}: ${cause}`));
  }

  #makeCollector(name: string): LocalObject<Collector> {
    const { clock, timers, random, log } = this;
    const tallies = objectTallies({ getByName: (tally) => this.#tallyStub(tally, name) }, timers);
    return new LocalObject<Collector>({
      ...{ name, scheduler: this.#scheduler, syncMs: () => this.#prng.between(1, 9) },
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
      ...{ name: "salts", scheduler: this.#scheduler, syncMs: () => 1 },
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

  #tallyStub(name: string, collector: string): TallyRpc {
    const stub = this.shards.tallyStub(name);
    return this.#isCut(collector) ? { ...stub, append: never } : stub;
  }

  #isCut(collector: string): boolean {
    const { now } = this.#scheduler;
    if (!collector.startsWith(`collector:${CUT_COLO}:`)) return false;
    return CUTS.some(([from, to]) => from <= now && now < to);
  }
}

const never = <T>(): Promise<T> => new Promise(() => undefined);

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
