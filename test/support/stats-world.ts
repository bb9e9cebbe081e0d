import type { RangeRead } from "../../src/app/views/range-answers.ts";
import { type ContentStats, StatsReader } from "../../src/app/views/read-stats.ts";
import { type ContentId, contentId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { RangeQuery } from "../../src/core/statistics/range.ts";
import type { CellRecord, JobRun } from "../../src/ports/database.ts";
import { HandTime } from "./hand-time.ts";
import { MemoryCountTables } from "./memory-count-tables.ts";
import { MemoryStatistics } from "./memory-statistics.ts";
import { calendarOf, numberOf } from "./naive-calendar.ts";
import { readersOf } from "./read-tables.ts";

const id = (text: string): ContentId => {
  const known = contentId(text);
  if (known === undefined) throw new Error(`"${text}" is no content id`);
  return known;
};

export interface Counted {
  /** Of the hour, ms. */
  readonly hour: number;
  readonly shard: number;
  readonly views: number;
  readonly final: boolean;
}

/** A database of cells and of days' sums, and who reads statistics from it. */
export class StatsWorld {
  readonly time = new HandTime();
  readonly counts = new MemoryCountTables();
  readonly statistics = new MemoryStatistics();
  readonly zone: string;
  readonly content = id("a");
  readonly reader: StatsReader;
  readonly errors: string[] = [];
  /** Start of the last flush, ms; absent: there was none. */
  flushedAt: number | undefined = this.time.now();
  up = true;
  /** Calls to the tables, by name. */
  readonly calls: string[] = [];
  /** Units of work: their role, and `strong` where they are. */
  readonly asked: string[] = [];

  constructor(zone = "UTC") {
    this.zone = zone;
    const call = <Answer>(name: string, read: () => Promise<Answer>): Promise<Answer> => {
      this.calls.push(name);
      return this.up ? read() : Promise.reject(new Error("the database is away"));
    };
    this.reader = new StatsReader({
      clock: this.time,
      timers: this.time,
      calendar: calendarOf(zone),
      log: { info: () => {}, warn: () => {}, error: (event) => this.errors.push(event) },
      readers: readersOf(
        {
          counts: { hours: (...args) => call("hours", () => this.counts.hours(...args)) },
          statistics: {
            days: (...args) => call("days", () => this.statistics.days(...args)),
            uniques: (...args) => call("uniques", () => this.statistics.uniques(...args)),
          },
          jobs: { lastWhole: (job) => call(job, async () => this.#lastFlush()) },
        },
        this.asked,
      ),
    });
  }

  async saveCells(cells: readonly Counted[]): Promise<void> {
    const { content } = this;
    const rows = cells.map((cell): CellRecord => ({ content, ...cell, stamp: stamp(1, 1) }));
    rows.sort((a, b) => a.hour - b.hour || a.shard - b.shard);
    await this.counts.saveCells(rows);
  }

  /** The sums of the days that the cells lie in, as Tallies make them. */
  async rollUp(cells: readonly Counted[]): Promise<void> {
    const days = Map.groupBy(cells, ({ hour, shard }) => `${numberOf(this.zone, hour)}/${shard}`);
    const rows = [...days].map(([key, of]) => ({
      content: this.content,
      day: Number(key.split("/")[0]),
      shard: Number(key.split("/")[1]),
      views: of.reduce((sum, { views }) => sum + views, 0),
      final: of.every(({ final }) => final),
      stamp: stamp(1, 1),
    }));
    await this.statistics.saveDays(rows);
  }

  async saveUniques(day: number, shard: number, uniques: number, final = true): Promise<void> {
    const { content } = this;
    await this.statistics.saveUniques([
      { content, day, shard, uniques, final, stamp: stamp(1, 1), places: [] },
    ]);
  }

  read(query: RangeQuery & { readonly limit?: number }): Promise<RangeRead<ContentStats>> {
    return this.reader.read({ content: this.content, limit: 100, ...query });
  }

  async readOk(query: RangeQuery & { readonly limit?: number }) {
    const read = await this.read(query);
    if (read.status !== "read") throw new Error(read.status);
    return read.stats;
  }

  #lastFlush(): JobRun | undefined {
    if (this.flushedAt === undefined) return undefined;
    const run = { durationMs: 1, rows: 1, statements: 1, failures: 0, detail: "" };
    return { id: "1", job: "flush", startedAt: this.flushedAt, ...run };
  }
}
