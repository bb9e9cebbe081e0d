/** What the database has to have of a stream in the end, by what its clients did. */
import { LIVE_WINDOW_MS } from "../../../src/core/limits.ts";
import type { Attendance } from "./crowd.ts";
import type { SavedDay, SavedSample, SavedSessions, SavedStream } from "./saved.ts";

export interface Watched {
  /** Every change of the crowd, in order. */
  readonly attendance: readonly Attendance[];
  /** Different clients, of whom each came once. */
  readonly came: number;
  /** When the stream was asked to end, unix ms. */
  readonly endedAt: number;
}

/** A client is in the number a moment after it came, and out of it a moment after it left. */
const SLACK_MS = 10_000;

/** Of each client's time: what it took it to be counted. */
const SLACK_SECONDS = 3;

/** @returns what is missing, or there twice, or wrong */
export const lossesOf = (watched: Watched, saved: SavedStream): readonly string[] => [
  ...currentLosses(watched, saved),
  ...sampleLosses(watched, saved.samples),
  ...dayLosses(watched, saved.days),
];

/** @returns the same of sessions, which come by another way, later */
export const sessionLosses = (watched: Watched, sessions: SavedSessions): readonly string[] => [
  ...differ("sessions", sessions.sessions, watched.came),
  ...differ("visitors of sessions", sessions.visitors, watched.came),
  ...differ("open sessions", sessions.open, 0),
  ...differ(
    "seconds of sessions",
    sessions.watchedSeconds,
    secondsOf(watched),
    SLACK_SECONDS * watched.came,
  ),
];

const currentLosses = (watched: Watched, { current }: SavedStream): readonly string[] => {
  if (current === undefined) return ["no row in current_viewers"];
  return [
    ...(current.status === "ended" ? [] : [`status is ${current.status} instead of ended`]),
    ...differ("viewers", current.viewers, 0),
    ...differ("peak", current.peak, peakOf(watched)),
    ...differ("total", current.total, watched.came),
  ];
};

const sampleLosses = (watched: Watched, samples: readonly SavedSample[]): readonly string[] => {
  const { attendance, endedAt } = watched;
  const ends = windowEnds(attendance[0]?.at ?? endedAt, endedAt);
  const found = samples.slice(0, -1).map(({ recordedAt }) => recordedAt);
  const last = samples.at(-1);
  const losses = differ("samples", samples.length, ends.length + 1);
  if (losses.length > 0 || last === undefined) return losses;
  for (const [i, end] of ends.entries()) {
    const { recordedAt = 0, viewers = -1, peak = -1 } = samples[i] ?? {};
    losses.push(
      ...differ(`sample ${i}`, recordedAt, end),
      ...within(`viewers of sample ${i}`, viewers, rangeOf(attendance, end, end)),
      ...atLeastAndMost(`peak of sample ${i}`, peak, attendance, end - LIVE_WINDOW_MS, end),
    );
  }
  const from = ends.at(-1) ?? 0;
  return [
    ...losses,
    ...differ("the last sample", last.recordedAt, endedAt, SLACK_MS),
    ...differ("viewers of the last sample", last.viewers, 0),
    ...atLeastAndMost("peak of the last sample", last.peak, attendance, from, endedAt),
    ...(new Set(found).size === found.length ? [] : ["samples are there twice"]),
  ];
};

const dayLosses = (watched: Watched, days: readonly SavedDay[]): readonly string[] => {
  const [day] = days;
  if (day === undefined || days.length > 1) return [`${days.length} rows of days instead of 1`];
  const { attendance, came, endedAt } = watched;
  const liveSeconds = (endedAt - (attendance[0]?.at ?? endedAt)) / 1_000;
  return [
    ...differ("peak of the day", day.peak, peakOf(watched)),
    ...differ("uniques of the day", day.uniques, came),
    ...differ("sessions of the day", day.sessions, came),
    ...differ(
      "watched seconds of the day",
      day.watchedSeconds,
      secondsOf(watched),
      SLACK_SECONDS * came,
    ),
    ...differ("live seconds of the day", day.liveSeconds, liveSeconds, SLACK_MS / 1_000),
  ];
};

/** Ends of windows after `from` and before `to`, ms. */
const windowEnds = (from: number, to: number): readonly number[] => {
  const ends: number[] = [];
  const first = (Math.floor(from / LIVE_WINDOW_MS) + 1) * LIVE_WINDOW_MS;
  for (let end = first; end < to; end += LIVE_WINDOW_MS) ends.push(end);
  return ends;
};

/** Numbers of viewers at any moment from `from` to `to`, give or take the slack. */
const rangeOf = (attendance: readonly Attendance[], from: number, to: number) => {
  const begin = attendance.findLastIndex(({ at }) => at <= from - SLACK_MS);
  const numbers = attendance
    .slice(Math.max(0, begin))
    .filter(({ at }) => at <= to + SLACK_MS)
    .map(({ viewers }) => viewers);
  return { least: begin < 0 ? 0 : Math.min(...numbers), most: Math.max(0, ...numbers) };
};

/** The most within a window: what was there for sure, at least, and what may have been, at most. */
const atLeastAndMost = (
  what: string,
  found: number,
  attendance: readonly Attendance[],
  from: number,
  to: number,
): readonly string[] => {
  const [since, until] = [from + 2 * SLACK_MS, to - 2 * SLACK_MS];
  // Of a window that is hardly longer than the slack, nothing is sure.
  const sure = since < until ? rangeOf(attendance, since, until).least : 0;
  return within(what, found, { least: sure, most: rangeOf(attendance, from, to).most });
};

const peakOf = ({ attendance }: Watched): number =>
  Math.max(0, ...attendance.map(({ viewers }) => viewers));

/** The number of viewers, summed over the seconds. */
const secondsOf = ({ attendance, endedAt }: Watched): number =>
  attendance.reduce((sum, { at, viewers }, i) => {
    const until = attendance[i + 1]?.at ?? endedAt;
    return sum + (viewers * (until - at)) / 1_000;
  }, 0);

const differ = (what: string, found: number, expected: number, slack = 0): string[] =>
  Math.abs(found - expected) <= slack
    ? []
    : [`${what}: ${found} instead of ${expected}${slack > 0 ? ` (± ${slack})` : ""}`];

const within = (
  what: string,
  found: number,
  { least, most }: { readonly least: number; readonly most: number },
): readonly string[] =>
  found >= least && found <= most ? [] : [`${what}: ${found}, not from ${least} to ${most}`];
