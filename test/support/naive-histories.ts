/** What a history says, found once more by walking through the time minute by minute. */
import type { LiveGranularity } from "../../src/core/statistics/periods.ts";
import type { StreamDay, ViewerSample } from "../../src/ports/database.ts";
import { HOUR, hourOf, nameOf, numberOf } from "./naive-calendar.ts";

const MINUTE = 60_000;
const WINDOW = 5 * MINUTE;

export interface Rows {
  readonly samples: readonly ViewerSample[];
  readonly days: readonly StreamDay[];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What was watched in a stretch of time, told as the granularity has it. */
export type Naive = Readonly<Record<string, number>>;

type Windows = Map<number, { viewers: number; peak: number }>;

const known = new WeakMap<readonly ViewerSample[], Windows>();

/** Of each window, by its end: all streams' numbers together, and the highest peak of one. */
const windowsOf = (samples: readonly ViewerSample[]): Windows => {
  const before = known.get(samples);
  if (before !== undefined) return before;
  const windows: Windows = new Map();
  known.set(samples, windows);
  for (const { recordedAt, viewers, peak } of samples) {
    const end = nextWindowEnd(recordedAt - 1);
    const its = windows.get(end) ?? { viewers: 0, peak: 0 };
    its.viewers += viewers;
    if (peak > its.peak) its.peak = peak;
    windows.set(end, its);
  }
  return windows;
};

/** After the moment. */
const nextWindowEnd = (at: number): number => {
  let end = at - (at % MINUTE) + MINUTE;
  while (end % WINDOW !== 0) end += MINUTE;
  return end;
};

const short = (samples: readonly ViewerSample[], { start, end }: Stretch): Naive => {
  const windows = windowsOf(samples);
  let [sum, peak, minutes] = [0, 0, 0];
  for (let minute = start; minute < end; minute += MINUTE) {
    const its = windows.get(nextWindowEnd(minute));
    sum += its?.viewers ?? 0;
    peak = Math.max(peak, its?.peak ?? 0);
    minutes += 1;
  }
  return { average: sum / minutes, peak };
};

/** A day is in the stretch if any of its hours is. */
const long = (days: readonly StreamDay[], { start, end }: Stretch, zone: string): Naive => {
  const inside = new Set<number>();
  for (let hour = start; hour < end; hour += HOUR) inside.add(numberOf(zone, hour));
  const all = { peak: 0, dailyUniques: 0, sessions: 0, watchedSeconds: 0, liveSeconds: 0 };
  for (const row of days) {
    if (!inside.has(row.day)) continue;
    if (row.peak > all.peak) all.peak = row.peak;
    all.dailyUniques += row.uniques;
    all.sessions += row.sessions;
    all.watchedSeconds += row.watchedSeconds;
    all.liveSeconds += row.liveSeconds;
  }
  const average = all.liveSeconds > 0 ? all.watchedSeconds / all.liveSeconds : 0;
  return { average, ...all };
};

export const naiveNumbers = (
  granularity: LiveGranularity,
  zone: string,
  { samples, days }: Rows,
  stretch: Stretch,
): Naive =>
  granularity === "5min" || granularity === "hour"
    ? short(samples, stretch)
    : long(days, stretch, zone);

/** Viewers by what the clock showed, a mean over the minutes before `until`. */
export const naiveHours = (
  zone: string,
  { samples }: Rows,
  { start, end }: Stretch,
  until: number,
): readonly number[] => {
  const windows = windowsOf(samples);
  const [sums, minutes] = [new Array<number>(24).fill(0), new Array<number>(24).fill(0)];
  let shown = 0;
  for (let minute = start; minute < end; minute += MINUTE) {
    if (minute === start || minute % HOUR === 0) shown = hourOf(zone, minute);
    const over = nextWindowEnd(minute);
    if (over > until) break;
    sums[shown] = (sums[shown] ?? 0) + (windows.get(over)?.viewers ?? 0);
    minutes[shown] = (minutes[shown] ?? 0) + 1;
  }
  return sums.map((sum, hour) => sum / Math.max(1, minutes[hour] ?? 0));
};

/** Where as many periods before the first one begin, gone back to name by name. */
export const naiveBefore = (
  granularity: LiveGranularity,
  zone: string,
  start: number,
  count: number,
): Stretch => {
  const step = granularity === "5min" ? 5 * MINUTE : HOUR;
  const names = new Set<string>();
  let began = start;
  while (true) {
    const name = nameOf(granularity, zone, began - 1);
    if (!names.has(name) && names.size === count) return { start: began, end: start };
    names.add(name);
    began -= step;
  }
};
