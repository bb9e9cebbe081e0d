/** Holds what the reader of histories says against the model. */
import { expect } from "vitest";
import type { HistorySubject } from "../../src/app/live/history-rows.ts";
import { type History, type HistoryQuery, HistoryReader } from "../../src/app/live/read-history.ts";
import type { ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import type { Database, JobRun } from "../../src/ports/database.ts";
import { HandTime } from "./hand-time.ts";
import type { ModelStream } from "./live-day-model.ts";
import type { PlannedDay } from "./live-day-plan.ts";
import { aStream } from "./live-fakes.ts";
import {
  modelGrowth,
  modelHours,
  modelHoursOfDay,
  modelPeriod,
  modelWindows,
} from "./live-history-model.ts";
import { readersOf } from "./read-tables.ts";

export interface HistoryCheck {
  readonly streams: Database["streams"];
  readonly calendar: ReportingCalendar;
  /** Ms. */
  readonly now: number;
}

/** A day, the one before it, and what the clock showed in the hours of each. */
export interface ComparedDays {
  readonly day: PlannedDay;
  readonly before: PlannedDay;
  readonly clock: readonly number[];
  readonly clockBefore: readonly number[];
}

export class HistoryChecker {
  readonly #reader: HistoryReader;

  /** Every stream and broadcaster is registered. */
  constructor({ streams, calendar, now }: HistoryCheck) {
    const ignore = () => undefined;
    this.#reader = new HistoryReader({
      readers: readersOf({
        streams,
        jobs: { lastWhole: async () => wholeFlush(now) },
        registry: { broadcaster: async (id) => ({ id, name: id }) },
      }),
      known: { find: async (id) => aStream(id) },
      calendar,
      clock: { now: () => now },
      timers: new HandTime(),
      log: { info: ignore, warn: ignore, error: ignore },
    });
  }

  /** Its days, each and together. */
  async days(
    subject: HistorySubject,
    streams: readonly ModelStream[],
    days: readonly PlannedDay[],
  ) {
    const { periods, total } = await this.#read(subject, "day", days);
    expect(periods).toMatchObject(days.map((day) => modelPeriod(streams, [day])));
    expect(periods).toHaveLength(days.length);
    expect(total).toEqual(modelPeriod(streams, days));
  }

  /** One day against the one before it. */
  async growth(
    subject: HistorySubject,
    streams: readonly ModelStream[],
    { day, before, clock, clockBefore }: ComparedDays,
  ) {
    const { comparison } = await this.#read(subject, "day", [day]);
    const [now, then] = [modelPeriod(streams, [day]), modelPeriod(streams, [before])];
    expect(comparison?.before).toMatchObject(then);
    expect(comparison?.change).toEqual(modelGrowth(now, then));
    const viewers = modelHoursOfDay(streams, day, clock);
    const viewersBefore = modelHoursOfDay(streams, before, clockBefore);
    expect(comparison?.hourOfDay).toEqual(
      viewers.map((mean, hour) => ({
        hour,
        viewers: expect.closeTo(mean, 9),
        before: expect.closeTo(viewersBefore[hour] ?? 0, 9),
      })),
    );
  }

  async hours(subject: HistorySubject, streams: readonly ModelStream[], day: PlannedDay) {
    const { periods } = await this.#read(subject, "hour", [day]);
    const hours = modelHours(streams, day);
    expect(periods.map(numbersOnly)).toEqual(hours);
  }

  async windows(subject: HistorySubject, streams: readonly ModelStream[], day: PlannedDay) {
    const { periods } = await this.#read(subject, "5min", [day]);
    expect(periods.map(numbersOnly)).toEqual(modelWindows(streams, day));
  }

  async #read(
    subject: HistorySubject,
    granularity: HistoryQuery["granularity"],
    days: readonly PlannedDay[],
  ): Promise<History> {
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) throw new Error("no days");
    const query = { granularity, from: nameOf(first.day), to: nameOf(last.day + 1), limit: 1_000 };
    const read = await this.#reader.read(subject, query);
    if (read.status !== "read") throw new Error(`${subject.id}: ${read.status}`);
    return read.history;
  }
}

const wholeFlush = (startedAt: number): JobRun => ({
  ...{ id: "run", job: "flush-streams", startedAt, durationMs: 0 },
  ...{ rows: 0, statements: 0, failures: 0, detail: "" },
});

/** The days of a plan are of one month. */
const nameOf = (day: number): string => `${day}`.replace(/^(....)(..)(..)$/, "$1-$2-$3");

const numbersOnly = ({
  name: _,
  local: __,
  start: ___,
  end: ____,
  ...rest
}: History["periods"][number]) => rest;
