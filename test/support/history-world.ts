import type { HistorySubject } from "../../src/app/live/history-rows.ts";
import { type HistoryRead, HistoryReader } from "../../src/app/live/read-history.ts";
import type { LiveDay, LiveSample } from "../../src/core/live/lasting.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { LiveGranularity } from "../../src/core/statistics/periods.ts";
import type { RangeQuery } from "../../src/core/statistics/range.ts";
import type { CurrentViewers, JobRun, StreamDay, ViewerSample } from "../../src/ports/database.ts";
import { HandTime } from "./hand-time.ts";
import { stream } from "./live-fakes.ts";
import { calendarOf } from "./naive-calendar.ts";
import { readersOf } from "./read-tables.ts";

/** Streams of the broadcaster `b`. */
export const STREAMS = ["a", "c"] as const;
export type StreamName = (typeof STREAMS)[number];

type Query = RangeQuery<LiveGranularity> & { readonly limit?: number };

export const ofStream = (id: string): HistorySubject => ({ kind: "stream", id: stream(id) });
export const ofBroadcaster = (id: string): HistorySubject => ({ kind: "broadcaster", id });

/** A database of samples and days of streams, and who reads histories from it. */
export class HistoryWorld {
  readonly time = new HandTime();
  readonly reader: HistoryReader;
  readonly zone: string;
  readonly samples: ViewerSample[] = [];
  readonly days: StreamDay[] = [];
  readonly current = new Map<string, CurrentViewers>();
  readonly errors: string[] = [];
  /** Calls to the tables, by name. */
  readonly calls: string[] = [];
  /** Units of work: their role, and `strong` where they are. */
  readonly asked: string[] = [];
  /** Start of the last flush, ms; absent: there was none. */
  flushedAt: number | undefined = this.time.now();
  up = true;
  /** Whether isolates can ask which streams there are: of the writer. */
  isRegistryUp = true;

  constructor(zone = "UTC") {
    this.zone = zone;
    const call = async <Answer>(name: string, read: () => Answer): Promise<Answer> => {
      this.calls.push(name);
      if (!this.up) throw new Error("the database is away");
      return read();
    };
    this.reader = new HistoryReader({
      clock: this.time,
      timers: this.time,
      calendar: calendarOf(zone),
      log: { info: () => {}, warn: () => {}, error: (event) => this.errors.push(event) },
      known: { find: (id) => call("find", () => this.#ask(id)) },
      readers: readersOf(
        {
          registry: {
            broadcaster: (id) =>
              call("broadcaster", () => (id === "b" ? { id, name: "B" } : undefined)),
            stream: (id) => call("stream", () => this.#find(id)),
          },
          jobs: { lastWhole: (job) => call(job, () => this.#lastFlush()) },
          streams: {
            currents: (ids) =>
              call("currents", () => ids.flatMap((id) => this.current.get(id) ?? [])),
            history: (id, from, to) =>
              call("history", () => during(this.samples, { stream: id }, from, to)),
            broadcasterHistory: (broadcaster, from, to) =>
              call("broadcasterHistory", () =>
                atOnce(during(this.samples, { broadcaster }, from, to)),
              ),
            days: (id, from, to) => call("days", () => during(this.days, { stream: id }, from, to)),
            broadcasterDays: (broadcaster, from, to) =>
              call("broadcasterDays", () => together(during(this.days, { broadcaster }, from, to))),
          },
        },
        this.asked,
      ),
    });
  }

  addSamples(id: string, ...samples: readonly LiveSample[]): void {
    for (const sample of samples) {
      this.samples.push({ ...sample, stream: id, broadcaster: "b", stamp: stamp(1, 1) });
    }
  }

  addDays(id: string, ...days: readonly LiveDay[]): void {
    for (const day of days) {
      this.days.push({ ...day, stream: id, broadcaster: "b", stamp: stamp(1, 1) });
    }
  }

  read(subject: HistorySubject, query: Query): Promise<HistoryRead> {
    return this.reader.read(subject, { limit: 100, ...query });
  }

  async readOk(subject: HistorySubject, query: Query) {
    const read = await this.read(subject, query);
    if (read.status !== "read") throw new Error(read.status);
    return read.history;
  }

  #ask(id: string) {
    if (!this.isRegistryUp) throw new Error("the registry is away");
    return this.#find(id);
  }

  #find(id: string) {
    if (!STREAMS.some((known) => known === id)) return undefined;
    const entry = { id: stream(id), broadcaster: "b", title: "T", expectedViewers: 0 };
    return { ...entry, visibility: "public", status: "live" } as const;
  }

  #lastFlush(): JobRun | undefined {
    if (this.flushedAt === undefined) return undefined;
    const run = { durationMs: 1, rows: 1, statements: 1, failures: 0, detail: "" };
    return { id: "1", job: "flush-streams", startedAt: this.flushedAt, ...run };
  }
}

type Row = ViewerSample | StreamDay;

const timeOf = (row: Row): number => ("day" in row ? row.day : row.recordedAt);

const during = <Kept extends Row>(
  rows: readonly Kept[],
  of: Partial<Pick<Row, "stream" | "broadcaster">>,
  from: number,
  to: number,
): readonly Kept[] =>
  rows
    .filter((row) => of.stream === undefined || row.stream === of.stream)
    .filter((row) => of.broadcaster === undefined || row.broadcaster === of.broadcaster)
    .filter((row) => from <= timeOf(row) && timeOf(row) < to)
    .sort((a, b) => timeOf(a) - timeOf(b));

/** The samples of a moment as one. */
const atOnce = (samples: readonly ViewerSample[]): readonly LiveSample[] =>
  [...Map.groupBy(samples, ({ recordedAt }) => recordedAt)].map(([recordedAt, its]) => ({
    recordedAt,
    viewers: its.reduce((sum, { viewers }) => sum + viewers, 0),
    peak: Math.max(...its.map(({ peak }) => peak)),
  }));

const together = (days: readonly StreamDay[]): readonly LiveDay[] =>
  [...Map.groupBy(days, ({ day }) => day)].map(([day, its]) => {
    const sum = (field: Exclude<keyof LiveDay, "day" | "peak">) =>
      its.reduce((all, row) => all + row[field], 0);
    return {
      day,
      peak: Math.max(...its.map(({ peak }) => peak)),
      uniques: sum("uniques"),
      sessions: sum("sessions"),
      watchedSeconds: sum("watchedSeconds"),
      liveSeconds: sum("liveSeconds"),
    };
  });
