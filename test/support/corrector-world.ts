import { correctorStore } from "../../src/adapters/objects/corrector-store.ts";
import { Corrector } from "../../src/app/views/correction/corrector.ts";
import type { CorrectionLimits } from "../../src/app/views/correction/run.ts";
import type { Tally } from "../../src/app/views/tally.ts";
import { HOUR_MS } from "../../src/core/limits.ts";
import type { SuspectMode } from "../../src/core/suspicion/held.ts";
import { makeCalendar, type ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import { parseSchedule, type ShardSchedule } from "../../src/core/views/shards.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import type { CorrectionRun, StandingExclusion } from "../../src/ports/correction-tables.ts";
import type { CellRecord } from "../../src/ports/database.ts";
import type { CorrectedDay, ViewUniques } from "../../src/ports/statistics-tables.ts";
import type {
  CorrectableHour,
  CorrectionOrder,
  FinaliseRequest,
} from "../../src/protocol/correction-rpc.ts";
import { MemoryCountTables } from "./memory-count-tables.ts";
import { MemoryRawLog } from "./memory-raw-log.ts";
import { MemoryStatistics, type ViewRegion } from "./memory-statistics.ts";
import { MemorySuspicions } from "./memory-suspicions.ts";
import { ObjectDisk } from "./object-disk.ts";
import { TallyHarness } from "./tally-harness.ts";

/** The Corrector dies here. */
export class Killed extends Error {}

export type CallPoint = "unsaved" | "saved" | "worked" | "answered";

export interface WorldParts {
  readonly now: number;
  readonly timeZone?: string;
  readonly shards?: string;
  readonly limits?: Partial<CorrectionLimits>;
  /** What becomes of suspects; without it nobody is suspected. */
  readonly suspects?: SuspectMode;
}

/** Correctors of some shards and their Tallies, over disks that outlive them, with raw log and database in memory. */
export class CorrectorWorld {
  readonly rawLog = new MemoryRawLog();
  /** What Tallies bring to the database. */
  readonly database = new MemoryCountTables();
  /** What Correctors bring there. */
  readonly statistics = new MemoryStatistics();
  readonly records = new Map<string, CorrectionRun>();
  exclusions: StandingExclusion[] = [];
  /**
   * Runs at each call that leaves a Corrector, and may kill it or fail: before anything is safe, before the call, when
   * a Tally has worked and not saved, which it then forgets, and before the answer is used.
   */
  at: (call: string, when: CallPoint) => Promise<void> | void = () => undefined;
  readonly calls: string[] = [];
  readonly calendar: ReportingCalendar;
  readonly schedule: ShardSchedule;
  readonly #limits: Partial<CorrectionLimits>;
  readonly #timeZone: string;
  readonly suspicions = new MemorySuspicions();
  readonly #suspects: SuspectMode | undefined;
  #now: number;
  readonly #tallies = new Map<number, TallyHarness>();
  readonly #disks = new Map<number, ObjectDisk>();
  readonly #correctors = new Map<number, Corrector>();

  constructor({ now, timeZone = "UTC", shards = "1", limits = {}, suspects }: WorldParts) {
    this.#now = now;
    this.#suspects = suspects;
    this.#timeZone = timeZone;
    this.#limits = limits;
    const made = makeCalendar(timeZone, now);
    const parsed = parseSchedule(shards);
    if (made.status !== "ok" || parsed.status !== "ok") throw new Error("no calendar or schedule");
    this.calendar = made.calendar;
    this.schedule = parsed.schedule;
  }

  get now(): number {
    return this.#now;
  }

  /** By `content day shard`. */
  get uniques(): ReadonlyMap<string, ViewUniques> {
    const { uniques } = this.statistics.rows();
    return new Map(uniques.map((row) => [`${row.content} ${row.day} ${row.shard}`, row]));
  }

  /** Those that say something. */
  get regions(): readonly ViewRegion[] {
    return this.statistics.rows().regions;
  }

  set now(now: number) {
    this.#now = now;
    for (const harness of this.#tallies.values()) harness.now = now;
  }

  harness(shard = 0): TallyHarness {
    const { rawLog, database } = this;
    const suspicions = this.#watched();
    const parts = { shard, timeZone: this.#timeZone, rawLog, database, suspicions };
    return getOrMake(this.#tallies, shard, () => new TallyHarness(this.now, parts));
  }

  hours(shard = 0): readonly CorrectableHour[] {
    return this.harness(shard).tally.correction.hours();
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
    this.harness(shard).append(events);
    this.harness(shard).disk.flush();
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

  /** Those that are not 0, as readers are told of them. */
  cells(hour: number, shard = 0): Record<string, number> {
    this.harness(shard).tally.checkpoint();
    const query = "SELECT content, counted FROM cells WHERE hour = ? AND counted > 0 ORDER BY 1";
    const rows = this.harness(shard).disk.read(query, hour);
    return Object.fromEntries(rows.map(({ content, counted }) => [content, Number(counted)]));
  }

  /** The cell as the database has it after a flush. */
  async flushed(id: string, hour: number, shard = 0): Promise<CellRecord | undefined> {
    await this.harness(shard).tally.flush();
    this.harness(shard).disk.flush();
    return this.database.cells.get(`${id}/${hour}/${shard}`);
  }

  recordsOf(hour: number): readonly CorrectionRun[] {
    return [...this.records.values()].filter((record) => record.hour === hour);
  }

  /** Everything that a correction leaves outside, times and numbers of runs aside. */
  outcome(): unknown {
    return {
      cells: [...this.#tallies.keys()].map((shard) =>
        this.hours(shard).map((hour) => ({ shard, ...hour, cells: this.cells(hour.hour, shard) })),
      ),
      days: sorted([...this.database.days.values()].map(({ stamp: _, ...rest }) => rest)),
      uniques: sorted([...this.uniques.values()].map(({ stamp: _, ...rest }) => rest)),
      regions: sorted(this.regions.map(({ stamp: _, ...rest }) => rest)),
    };
  }

  #watched() {
    const mode = this.#suspects;
    return mode && { mode, tables: this.suspicions };
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
    await this.#maybeKilled(shard, name, "unsaved");
    this.disk(shard).flush();
    await this.#maybeKilled(shard, name, "saved");
    this.calls.push(name);
    const answer = await work();
    await this.#maybeKilled(shard, name, "answered");
    return answer;
  }

  /** As the platform does, the answer waits until what the Tally wrote is safe. */
  #ask<T>(from: number, name: string, of: number, work: (tally: Tally) => Promise<T> | T) {
    const harness = this.harness(of);
    return this.#call(from, name, async () => {
      const answer = await work(harness.tally);
      try {
        await this.at(name, "worked");
      } catch (cause) {
        harness.crash();
        throw cause;
      }
      harness.disk.flush();
      return answer;
    });
  }

  /** Whoever is killed sees nothing any more: its storage is gone, and it waits for ever. */
  async #maybeKilled(shard: number, call: string, when: CallPoint): Promise<void> {
    try {
      await this.at(call, when);
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
    const ask = <T>(name: string, of: number, work: (tally: Tally) => Promise<T> | T) =>
      this.#ask(shard, name, of, work);
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
        hours: (of: number) => ask("hours", of, ({ correction }) => correction.hours()),
        seal: (of: number, hour: number, run: number) =>
          ask("seal", of, ({ correction }) => correction.seal(hour, run)),
        finalise: (of: number, request: FinaliseRequest) =>
          ask("finalise", of, ({ correction }) => correction.finalise(request)),
        leave: (of: number, hour: number, run: number, through: number) =>
          ask("leave", of, ({ correction }) => correction.leave(hour, run, through)),
        rollUp: (of: number) => ask("rollUp", of, (tally) => tally.rollUp()),
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
        saveUniques: (rows: readonly CorrectedDay[]) =>
          call("saveUniques", () => this.statistics.saveUniques(rows)),
      },
      corrections: {
        record: (run: CorrectionRun) =>
          call("record", () => {
            this.records.set(`${run.shard} ${run.hour} ${run.run}`, run);
          }),
      },
      exclusions: { during: () => call("during", () => this.exclusions) },
      suspicions: this.#watched(),
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

const sorted = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).sort();

const getOrMake = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};
