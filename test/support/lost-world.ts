import { correctorStore } from "../../src/adapters/objects/corrector-store.ts";
import { tallyStore } from "../../src/adapters/objects/tally-store.ts";
import { Corrector } from "../../src/app/views/correction/corrector.ts";
import { TallyRestore } from "../../src/app/views/restore-tally.ts";
import { Tally } from "../../src/app/views/tally.ts";
import { TallyDoor } from "../../src/app/views/tally-door.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import type { CorrectionRun } from "../../src/ports/correction-tables.ts";
import { encodeRows } from "../../src/protocol/chunk.ts";
import type { CorrectionOrder } from "../../src/protocol/correction-rpc.ts";
import { calendarOf } from "./calendars.ts";
import { frameOf } from "./events.ts";
import type { FakeReadModel } from "./fake-read-model.ts";
import { MemoryCountTables } from "./memory-count-tables.ts";
import { MemoryRawLog } from "./memory-raw-log.ts";
import { shardTablesOf } from "./memory-shard-tables.ts";
import { MemoryStatistics } from "./memory-statistics.ts";
import { ObjectDisk } from "./object-disk.ts";

export type Owner = "tally" | "corrector";

/** A call that leaves an object: before anything is safe, before it is done, before its answer is used. */
export type Moment = "unsaved" | "saved" | "answered";

/** UTC has been one since before anything here: no question of when. */
const CALENDAR = calendarOf("UTC", 0);

const MAX_ALARMS = 3_000;

/** One shard: Tally and Corrector over disks that outlive or lose them, and everything they speak to in memory. */
export class LostWorld {
  now: number;
  readonly rawLog = new MemoryRawLog();
  counts = new MemoryCountTables();
  statistics = new MemoryStatistics();
  runs: CorrectionRun[] = [];
  /** Where the Tally publishes; without it readers ask the Tally. */
  readModel: FakeReadModel | undefined;
  readonly problems: string[] = [];
  /** Runs at each call that leaves an object, and may kill objects or fail. */
  at: (call: string, moment: Moment) => void = () => undefined;
  readonly #disks: Record<Owner, ObjectDisk> = {
    tally: new ObjectDisk(),
    corrector: new ObjectDisk(),
  };
  /** Objects that are awake. */
  #door: TallyDoor | undefined;
  #corrector: Corrector | undefined;
  readonly #lives: Record<Owner, number> = { tally: 0, corrector: 0 };
  /** Rows of the one Collector, by their ids from 1 on. */
  readonly #rows: Uint8Array[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** A row with these events. */
  async append(events: readonly ViewEvent[]): Promise<void> {
    this.#rows.push(Buffer.concat(events.map((event) => frameOf(event))));
    await this.#hand(this.#rows.length);
  }

  /** The Collector goes back to its first row. */
  async resend(): Promise<void> {
    if (this.#rows.length > 0) await this.#hand(1);
  }

  /** Asks the Tally as anybody would. @throws while it is shut */
  async ask<T>(work: (tally: Tally) => Promise<T> | T): Promise<T> {
    const answer = await work(await this.#tallyDoor().open());
    this.#disks.tally.flush();
    return answer;
  }

  /** What is due is corrected, and all that is over is in the database. */
  async settle(order: CorrectionOrder = { kind: "due" }): Promise<void> {
    await this.order(order);
    await this.rest();
    await this.send();
  }

  async order(order: CorrectionOrder): Promise<void> {
    this.#correctorAwake().correct(order);
    this.#disks.corrector.flush();
  }

  async send(): Promise<void> {
    await this.ask(async (tally) => {
      await tally.flush();
      await tally.rollUp();
    });
  }

  /** Runs alarms until none stands, or until `through`; time passes as they say. */
  async rest(through = Number.POSITIVE_INFINITY): Promise<void> {
    for (let alarms = 0; alarms < MAX_ALARMS; alarms += 1) {
      const { tally, corrector } = this.#disks;
      const [at, owner] = [
        [tally.alarm ?? Number.POSITIVE_INFINITY, "tally"] as const,
        [corrector.alarm ?? Number.POSITIVE_INFINITY, "corrector"] as const,
      ].sort(([a], [b]) => a - b)[0] ?? [Number.POSITIVE_INFINITY, "tally"];
      if (at === Number.POSITIVE_INFINITY || at > through) return;
      this.now = Math.max(this.now, at);
      await this.#ring(owner, at);
    }
    throw new Error(`not at rest after ${MAX_ALARMS} alarms: ${this.problems.slice(-5)}`);
  }

  /** The next life of the object; what was not flushed is lost. */
  kill(owner: Owner): void {
    this.#disks[owner].crash();
    this.#lives[owner] += 1;
    if (owner === "tally") this.#door = undefined;
    else this.#corrector = undefined;
  }

  /** The storage is gone, and all that was under way with it. */
  lose(owner: Owner): void {
    this.kill(owner);
    this.#disks[owner] = new ObjectDisk();
  }

  wipeDatabase(): void {
    this.counts = new MemoryCountTables();
    this.statistics = new MemoryStatistics();
    this.runs = [];
    this.kill("tally");
    this.kill("corrector");
  }

  /** Has the Tally asked until it lets in. */
  async restored(): Promise<void> {
    for (let turn = 0; turn < 100; turn += 1) {
      try {
        await this.ask((tally) => tally.status());
        return;
      } catch (cause) {
        if (!/being restored|is away|was killed|a dead object/.test(`${cause}`)) throw cause;
      }
      await this.rest(this.now + 60_000);
      this.now += 60_000;
    }
    throw new Error(`not open after 100 minutes: ${this.problems.slice(-5)}`);
  }

  /**
   * Everything the Tally knows, versions aside. A final cell without views says what no cell says: there is one where
   * nothing counted and something came late, as all does that comes again.
   */
  async known(): Promise<unknown> {
    await this.ask((tally) => tally.checkpoint());
    const disk = this.#disks.tally;
    return {
      cells: disk.read(`SELECT content, hour, counted, final FROM cells
        WHERE counted > 0 OR NOT final ORDER BY hour, content`),
      totals: disk.read(`SELECT content, start, restated, views, published, closed, closed_through
        FROM totals ORDER BY content`),
    };
  }

  /** Every row of the database, stamps aside, and final cells and days without views. */
  rows(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      Object.entries(this.#tables()).map(([name, rows]) => [
        name,
        rows.map(({ stamp: _, ...row }) => JSON.stringify(row)).toSorted(),
      ]),
    );
  }

  /** Of what a Tally can write again: closed hours, and days of which some are closed, are in the database alone. */
  stamps(): readonly string[] {
    const { cells, parts, days } = this.counts;
    const closed = Math.max(0, ...Array.from(parts.values(), (part) => part.closedThrough));
    const { name, startMs } = CALENDAR.dayOf(closed);
    const from = Number(name.replaceAll("-", "")) + Number(closed > startMs);
    const rows = [
      ...[...cells.values()].filter(({ hour }) => hour >= closed),
      ...parts.values(),
      ...[...days.values()].filter(({ day }) => day >= from),
    ];
    return rows.map(({ stamp }) => stamp);
  }

  /** What the Tally knows to be true of each content. */
  views(): unknown {
    return this.#disks.tally.read(
      "SELECT content, views FROM totals WHERE views > 0 ORDER BY content",
    );
  }

  #tables(): Readonly<Record<string, readonly { readonly stamp: string }[]>> {
    const { cells, parts, days } = this.counts;
    const { uniques, regions } = this.statistics.rows();
    return {
      cells: [...cells.values()].filter(saysSomething),
      parts: [...parts.values()],
      days: [...days.values()].filter(saysSomething),
      uniques,
      regions,
    };
  }

  /** The Tally says where it wants to go on, as it may have lost its mark. */
  async #hand(first: number): Promise<void> {
    const rows = this.#rows
      .slice(first - 1)
      .map((frames, index) => ({ id: first + index, frames }));
    const { mark } = await this.ask((tally) =>
      tally.append({
        source: "collector:TST:0:one",
        follows: first - 1,
        floor: 1,
        through: this.#rows.length,
        rows: encodeRows(rows),
      }),
    );
    if (mark < first - 1) await this.#hand(mark + 1);
  }

  async #ring(owner: Owner, at: number): Promise<void> {
    const disk = this.#disks[owner];
    const life = this.#lives[owner];
    disk.takeAlarm();
    try {
      await (owner === "tally" ? this.#tallyDoor() : this.#correctorAwake()).alarm();
      disk.flush();
    } catch (cause) {
      if (life === this.#lives[owner]) throw cause;
      if (disk === this.#disks[owner]) disk.restoreAlarm(at);
    }
  }

  /** What leaves an object does so when what it wrote is safe. */
  #leaving(owner: Owner) {
    const life = this.#lives[owner];
    const pass = (name: string, moment: Moment): void => {
      this.at(name, moment);
      if (life !== this.#lives[owner]) throw new Error(`${owner} was killed`);
    };
    return async <T>(call: string, work: () => Promise<T> | T): Promise<T> => {
      const name = `${owner} ${call}`;
      pass(name, "unsaved");
      this.#disks[owner].flush();
      pass(name, "saved");
      const answer = await work();
      pass(name, "answered");
      return answer;
    };
  }

  #parts() {
    const note = (event: string, fields: object) =>
      void this.problems.push(`${event} ${JSON.stringify(fields)}`);
    return {
      shard: 0,
      calendar: CALENDAR,
      clock: { now: () => this.now },
      random: { bytes: (count: number) => new Uint8Array(count), fraction: () => 0.5 },
      log: { info: note, warn: note, error: note },
    };
  }

  #tallyDoor(): TallyDoor {
    this.#door ??= this.#wakeTally();
    return this.#door;
  }

  #wakeTally(): TallyDoor {
    const leave = this.#leaving("tally");
    const common = {
      ...this.#parts(),
      name: "tally:0",
      store: tallyStore(this.#disks.tally.open(), this.now, () => undefined),
      rawLog: calling(leave, this.rawLog, ["put", "read", "list", "delete"]),
      correctors: calling(
        leave,
        {
          status: async () => this.#correctorAwake().status(),
          correct: async (_: number, order: CorrectionOrder) => {
            const queued = this.#correctorAwake().correct(order);
            this.#disks.corrector.flush();
            return queued;
          },
        },
        ["status", "correct"],
      ),
    };
    const { counts } = this;
    const shards = calling(leave, shardTablesOf(counts), ["totals", "cells"]);
    const restore = new TallyRestore({ ...common, shards });
    const abort = (reason: string): never => {
      this.kill("tally");
      throw new Error(reason);
    };
    const tables = {
      counts: { ...calling(leave, counts, ["saveCells", "saveTotals"]), ...readsOf(counts) },
      statistics: calling(leave, counts, ["saveDays"]),
    };
    const toReaders = this.readModel && {
      writer: calling(leave, this.readModel, ["publishCounts"]),
      background: () => undefined,
    };
    return new TallyDoor(restore, () => new Tally({ ...common, ...tables, toReaders, abort }));
  }

  #correctorAwake(): Corrector {
    this.#corrector ??= this.#wakeCorrector();
    return this.#corrector;
  }

  #wakeCorrector(): Corrector {
    const leave = this.#leaving("corrector");
    /** Its answer leaves when what the Tally wrote is safe. */
    const asked = async <T>(work: (tally: Tally) => Promise<T> | T): Promise<T> => {
      const answer = await this.#tallyDoor().corrected(work);
      this.#disks.tally.flush();
      return answer;
    };
    return new Corrector({
      ...this.#parts(),
      schedule: [{ count: 1, fromHourMs: 0 }],
      store: correctorStore(this.#disks.corrector.open(), () => undefined),
      limits: { eventsPerSlice: 20, contentsPerChunk: 2 },
      tallies: {
        hours: () => leave("hours", () => asked(({ correction }) => correction.hours())),
        seal: (_, hour, run) =>
          leave("seal", () => asked(({ correction }) => correction.seal(hour, run))),
        finalise: (_, request) =>
          leave("finalise", () => asked(({ correction }) => correction.finalise(request))),
        leave: (_, hour, run, through) =>
          leave("leave", () => asked(({ correction }) => correction.leave(hour, run, through))),
        rollUp: () => leave("rollUp", () => asked((tally) => tally.rollUp())),
      },
      correctors: {
        correct: () => Promise.reject(new Error("there is one shard")),
        carryOut: () => Promise.reject(new Error("there is one shard")),
      },
      rawLog: calling(leave, this.rawLog, ["read"]),
      statistics: calling(leave, this.statistics, ["saveUniques"]),
      corrections: calling(
        leave,
        { record: async (run: CorrectionRun) => void this.runs.push(run) },
        ["record"],
      ),
      exclusions: { during: async () => [] },
    });
  }
}

type Leave = <T>(call: string, work: () => Promise<T> | T) => Promise<T>;

/** The calls named, each by way of `leave`. */
const calling = <Port extends object, Name extends keyof Port & string>(
  leave: Leave,
  port: Port,
  names: readonly Name[],
): Pick<Port, Name> => {
  const entries = names.map((name) => {
    const call = port[name];
    if (typeof call !== "function") throw new Error(`${name} is no call`);
    return [name, (...given: unknown[]) => leave(name, () => call.apply(port, given))] as const;
  });
  return Object.fromEntries(entries) as Pick<Port, Name>;
};

const readsOf = (counts: MemoryCountTables): Pick<MemoryCountTables, "totals" | "hours"> => ({
  totals: (contents) => counts.totals(contents),
  hours: (content, from, to) => counts.hours(content, from, to),
});

const saysSomething = ({ views, final }: { readonly views: number; readonly final: boolean }) =>
  views > 0 || !final;
