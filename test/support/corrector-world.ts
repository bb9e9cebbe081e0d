import { correctorStore } from "../../src/adapters/objects/corrector-store.ts";
import { Corrector } from "../../src/app/views/correction/corrector.ts";
import type { CorrectionLimits } from "../../src/app/views/correction/run.ts";
import { HOUR_MS } from "../../src/core/limits.ts";
import { makeCalendar, type ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import { parseSchedule, type ShardSchedule } from "../../src/core/views/shards.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import type { CorrectionRun, Exclusion } from "../../src/ports/correction-tables.ts";
import type { ViewRegion, ViewUniques } from "../../src/ports/statistics-tables.ts";
import type { CorrectionOrder } from "../../src/protocol/correction-rpc.ts";
import { FakeTally } from "./fake-tally.ts";
import { MemoryRawLog } from "./memory-raw-log.ts";
import { ObjectDisk } from "./object-disk.ts";

/** The Corrector dies here. */
export class Killed extends Error {}

export interface WorldParts {
  readonly now: number;
  readonly timeZone?: string;
  readonly shards?: string;
  readonly limits?: Partial<CorrectionLimits>;
}

/** Correctors of some shards over disks that outlive them, with everything they speak to in memory. */
export class CorrectorWorld {
  now: number;
  readonly rawLog = new MemoryRawLog();
  readonly uniques = new Map<string, ViewUniques>();
  readonly regions = new Map<string, ViewRegion>();
  readonly records = new Map<string, CorrectionRun>();
  exclusions: Exclusion[] = [];
  /**
   * Runs at each call that leaves a Corrector, and may kill it or fail: before anything is safe, before the call, and
   * before its answer is used.
   */
  at: (call: string, when: "unsaved" | "saved" | "answered") => void = () => undefined;
  readonly calls: string[] = [];
  readonly calendar: ReportingCalendar;
  readonly schedule: ShardSchedule;
  readonly #limits: Partial<CorrectionLimits>;
  readonly #tallies = new Map<number, FakeTally>();
  readonly #disks = new Map<number, ObjectDisk>();
  readonly #correctors = new Map<number, Corrector>();

  constructor({ now, timeZone = "UTC", shards = "1", limits = {} }: WorldParts) {
    this.now = now;
    this.#limits = limits;
    const made = makeCalendar(timeZone, now);
    const parsed = parseSchedule(shards);
    if (made.status !== "ok" || parsed.status !== "ok") throw new Error("no calendar or schedule");
    this.calendar = made.calendar;
    this.schedule = parsed.schedule;
  }

  tally(shard = 0): FakeTally {
    return getOrMake(this.#tallies, shard, () => new FakeTally(shard, this.rawLog));
  }

  disk(shard = 0): ObjectDisk {
    return getOrMake(this.#disks, shard, () => new ObjectDisk());
  }

  corrector(shard = 0): Corrector {
    return getOrMake(this.#correctors, shard, () => this.#wake(shard));
  }

  /** The next life of the object; what was not flushed is lost. */
  crash(shard = 0): void {
    this.disk(shard).crash();
    this.#correctors.delete(shard);
  }

  append(events: readonly ViewEvent[], shard = 0): void {
    this.tally(shard).append(events);
  }

  async correct(order: CorrectionOrder = { kind: "due" }, shard = 0): Promise<void> {
    this.corrector(shard).correct(order);
    this.disk(shard).flush();
    await this.settle();
  }

  correctHours(from: number, hours = 1, shard = 0): Promise<void> {
    const to = from + hours * HOUR_MS;
    return this.correct({ kind: "hours", from, to, reason: "manual" }, shard);
  }

  /** Runs alarms until none stands; time passes as they say. */
  async settle(maxAlarms = 5_000): Promise<void> {
    for (let alarms = 0; alarms < maxAlarms; alarms += 1) {
      const soonest = [...this.#disks]
        .flatMap(([shard, { alarm }]) => (alarm === undefined ? [] : [{ shard, alarm }]))
        .sort((a, b) => a.alarm - b.alarm)[0];
      if (soonest === undefined) return;
      this.now = Math.max(this.now, soonest.alarm);
      await this.#ring(soonest.shard, soonest.alarm);
    }
    throw new Error(`not at rest after ${maxAlarms} alarms`);
  }

  cells(hour: number, shard = 0): Record<string, number> {
    return this.tally(shard).cellsOf(hour);
  }

  recordsOf(hour: number): readonly CorrectionRun[] {
    return [...this.records.values()].filter((record) => record.hour === hour);
  }

  /** Everything that a correction leaves outside, times and numbers of runs aside. */
  outcome(): unknown {
    return {
      cells: [...this.#tallies].map(([shard, tally]) => [shard, tally.settled()]),
      uniques: sorted([...this.uniques.values()].map(({ stamp: _, ...rest }) => rest)),
      regions: sorted([...this.regions.values()].map(({ stamp: _, ...rest }) => rest)),
    };
  }

  async #ring(shard: number, at: number): Promise<void> {
    const disk = this.disk(shard);
    disk.takeAlarm();
    try {
      await this.corrector(shard).alarm();
      disk.flush();
    } catch (cause) {
      if (!(cause instanceof Killed)) throw cause;
      this.crash(shard);
      disk.restoreAlarm(at);
    }
  }

  /** What leaves an object does so when what it wrote is safe: so the platform holds it back until then. */
  async #call<T>(shard: number, name: string, work: () => Promise<T> | T): Promise<T> {
    await this.#maybeKilled(shard, () => this.at(name, "unsaved"));
    this.disk(shard).flush();
    await this.#maybeKilled(shard, () => this.at(name, "saved"));
    this.calls.push(name);
    const answer = await work();
    await this.#maybeKilled(shard, () => this.at(name, "answered"));
    return answer;
  }

  /** Whoever is killed sees nothing any more: its storage is gone, and it waits for ever. */
  async #maybeKilled(shard: number, hook: () => void): Promise<void> {
    try {
      hook();
    } catch (cause) {
      if (cause instanceof Killed) {
        this.crash(shard);
        this.#killed.get(shard)?.reject(cause);
        await new Promise(() => undefined);
      }
      throw cause;
    }
  }

  readonly #killed = new Map<number, PromiseWithResolvers<never>>();

  #wake(shard: number): Corrector {
    const call = <T>(name: string, work: () => Promise<T> | T) => this.#call(shard, name, work);
    const deps = {
      shard,
      schedule: this.schedule,
      calendar: this.calendar,
      store: correctorStore(this.disk(shard).open(), () => undefined),
      clock: { now: () => this.now },
      random: { bytes: (count: number) => new Uint8Array(count), fraction: () => 0.5 },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      limits: this.#limits,
      tallies: {
        hours: (of: number) => call("hours", () => this.tally(of).hours()),
        seal: (of: number, hour: number, run: number) =>
          call("seal", () => this.tally(of).seal(hour, run)),
        finalise: (of: number, request: Parameters<FakeTally["finalise"]>[0]) =>
          call("finalise", () => this.tally(of).finalise(request)),
        leave: (of: number, hour: number, run: number, through: number) =>
          call("leave", () => this.tally(of).leave(hour, run, through)),
        rollUp: () => call("rollUp", () => ({ rows: 0 })),
      },
      correctors: {
        correct: (of: number, order: CorrectionOrder) =>
          call("correct", () => {
            const queued = this.corrector(of).correct(order);
            this.disk(of).flush();
            return queued;
          }),
        carryOut: (of: number, hour: number) =>
          call("carryOut", async () => {
            const answer = await this.corrector(of).carryOut(hour);
            this.disk(of).flush();
            return answer;
          }),
      },
      rawLog: { read: (name: string) => call("read", () => this.rawLog.read(name)) },
      statistics: {
        saveUniques: (rows: readonly ViewUniques[]) =>
          call("saveUniques", () => {
            for (const row of rows)
              forward(this.uniques, `${row.content} ${row.day} ${row.shard}`, row);
            return 1;
          }),
        saveRegions: (rows: readonly ViewRegion[]) =>
          call("saveRegions", () => {
            for (const row of rows) {
              const { content, day, country, region, shard: of } = row;
              forward(this.regions, `${content} ${day} ${country}/${region} ${of}`, row);
            }
            return 1;
          }),
      },
      corrections: {
        record: (run: CorrectionRun) =>
          call("record", () => {
            this.records.set(`${run.shard} ${run.hour} ${run.run}`, run);
          }),
      },
      exclusions: { during: () => call("during", () => this.exclusions) },
    };
    const corrector = new Corrector(deps);
    const killed = Promise.withResolvers<never>();
    killed.promise.catch(() => undefined);
    this.#killed.set(shard, killed);
    const alarm = corrector.alarm.bind(corrector);
    corrector.alarm = () => Promise.race([alarm(), killed.promise]);
    return corrector;
  }
}

const forward = <Row extends { readonly stamp: string }>(
  rows: Map<string, Row>,
  key: string,
  row: Row,
): void => {
  if (row.stamp > (rows.get(key)?.stamp ?? "")) rows.set(key, row);
};

const sorted = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).sort();

const getOrMake = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};
