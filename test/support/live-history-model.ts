/** What the histories of a stream, or of a broadcaster's streams, have to say: worked out from the model alone. */
import type { ModelDay, ModelSample, ModelStream } from "./live-day-model.ts";
import { type PlannedDay, type Span, WINDOW_MS } from "./live-day-plan.ts";

const HOUR_MS = 3_600_000;

export interface ModelWindow {
  readonly viewers: number;
  readonly peak: number;
}

export interface ModelHour {
  readonly average: number;
  readonly peak: number;
}

export interface ModelPeriod {
  readonly average: number;
  readonly peak: number;
  readonly dailyUniques: number;
  readonly sessions: number;
  readonly watchedSeconds: number;
  readonly liveSeconds: number;
}

/** A sample is of the time before it. */
const isOf = ({ from, to }: Span, { recordedAt }: ModelSample): boolean =>
  from < recordedAt && recordedAt <= to;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const largest = (numbers: readonly number[]): number => Math.max(0, ...numbers);

const samplesIn = (streams: readonly ModelStream[], span: Span): readonly ModelSample[] =>
  streams.flatMap(({ samples }) => samples.filter((sample) => isOf(span, sample)));

const pieces = ({ from, to }: Span, lengthMs: number): readonly Span[] =>
  Array.from({ length: (to - from) / lengthMs }, (_, i) => {
    return { from: from + i * lengthMs, to: from + (i + 1) * lengthMs };
  });

export const modelWindows = (streams: readonly ModelStream[], span: Span): readonly ModelWindow[] =>
  pieces(span, WINDOW_MS).map((window) => {
    const samples = samplesIn(streams, window);
    return {
      viewers: sum(samples.map(({ viewers }) => viewers)),
      peak: largest(samples.map(({ peak }) => peak)),
    };
  });

export const modelHours = (streams: readonly ModelStream[], span: Span): readonly ModelHour[] =>
  pieces(span, HOUR_MS).map((hour) => {
    const windows = modelWindows(streams, hour);
    return {
      average: sum(windows.map(({ viewers }) => viewers)) / windows.length,
      peak: largest(windows.map(({ peak }) => peak)),
    };
  });

/** Of some days together. */
export const modelPeriod = (
  streams: readonly ModelStream[],
  days: readonly PlannedDay[],
): ModelPeriod => {
  const names = new Set(days.map(({ day }) => day));
  const rows = streams.flatMap((stream) => stream.days.filter(({ day }) => names.has(day)));
  const total = (of: (row: ModelDay) => number) => sum(rows.map(of));
  const watchedSeconds = total((row) => row.watchedSeconds);
  const liveSeconds = total((row) => row.liveSeconds);
  return {
    average: liveSeconds === 0 ? 0 : watchedSeconds / liveSeconds,
    peak: largest(rows.map(({ peak }) => peak)),
    dailyUniques: total(({ uniques }) => uniques),
    sessions: total(({ sessions }) => sessions),
    watchedSeconds,
    liveSeconds,
  };
};

/** How much more than before: 0.5 is half as many again; `null` of nothing. */
export const modelGrowth = (now: ModelPeriod, before: ModelPeriod) => {
  const growth = (of: (period: ModelPeriod) => number) =>
    of(before) === 0 ? null : (of(now) - of(before)) / of(before);
  return {
    average: growth(({ average }) => average),
    peak: growth(({ peak }) => peak),
    dailyUniques: growth(({ dailyUniques }) => dailyUniques),
    sessions: growth(({ sessions }) => sessions),
    watchedSeconds: growth(({ watchedSeconds }) => watchedSeconds),
    liveSeconds: growth(({ liveSeconds }) => liveSeconds),
  };
};

/**
 * The mean number of viewers while the clock showed 0, 1, … 23.
 * @param clock what it shows in each of the day's hours, one after the other: of 23 to 25
 */
export const modelHoursOfDay = (
  streams: readonly ModelStream[],
  day: PlannedDay,
  clock: readonly number[],
): readonly number[] => {
  const hours = modelHours(streams, day);
  return Array.from({ length: 24 }, (_, shown) => {
    const then = hours.filter((_hour, i) => clock[i] === shown);
    return then.length === 0 ? 0 : sum(then.map(({ average }) => average)) / then.length;
  });
};
