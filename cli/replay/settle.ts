/** Has the hours of a replay corrected, until what was sent is in them. */
import { HOUR_MS } from "../../src/core/limits.ts";
import { formatHour } from "../../src/core/views/hour-text.ts";
import type { ServiceApi, Taken } from "../service/api.ts";
import { type FollowDeps, follow, type ShardWay } from "../service/follow.ts";
import type { HistoryApi, HourRun } from "../service/history-api.ts";

export interface SettleDeps extends Omit<FollowDeps, "correctors"> {
  readonly api: Pick<ServiceApi, "order" | "correctors">;
  readonly history: Pick<HistoryApi, "lastRunAt" | "runsAfter">;
}

export interface Settled {
  /** Of the hours that were corrected, in all shards: what they had, and what was found. */
  readonly before: number;
  readonly after: number;
  readonly hours: number;
  /** Hours in which some of what was sent was not found yet. */
  readonly left: number;
  readonly trouble: string | undefined;
}

/** What a Collector commits is with its Tally some hundred ms later. */
const FIRST_PAUSE_MS = 1_500;
const PAUSE_MAX_MS = 5_000;
/** Orders of one round: the hours between them are corrected along. */
const MAX_ORDERS = 24;

/**
 * What was sent is on disk and on its way: an hour is done when its correction has read as many events as were sent of
 * it, copies apart. Until then it is ordered again.
 * @param sent events accepted, by the start of their hour, ms; all of these are over
 */
export const settle = async (
  deps: SettleDeps,
  sent: ReadonlyMap<number, number>,
): Promise<Settled> => {
  const { history, now, pause, signal, patienceMs } = deps;
  const since = await history.lastRunAt();
  let left = [...sent.keys()].sort((a, b) => a - b);
  let runs: readonly HourRun[] = [];
  let trouble: string | undefined;
  let movedAt = now();
  for (let pauseMs = FIRST_PAUSE_MS; left.length > 0; pauseMs = PAUSE_MAX_MS) {
    await pause(pauseMs);
    if (signal.aborted || now() - movedAt > patienceMs) break;
    const ways = await correctHours(deps, left);
    if (signal.aborted) break;
    trouble = ways.find((way) => way.state !== "done")?.trouble;
    runs = (await history.runsAfter(since)).filter(({ hour }) => sent.has(hour));
    const found = distinctByHour(runs);
    const open = left.filter((hour) => (found.get(hour) ?? 0) < (sent.get(hour) ?? 0));
    if (open.length < left.length) movedAt = now();
    left = open;
  }
  return { ...differenceOf(runs), hours: sent.size - left.length, left: left.length, trouble };
};

const correctHours = async (
  deps: SettleDeps,
  hours: readonly number[],
): Promise<readonly ShardWay[]> => {
  const { api } = deps;
  const taken = new Map<number, Taken>();
  for (const { from, to } of spansOf(hours)) {
    const order = { from: formatHour(from), to: formatHour(to) };
    for (const answer of await api.order("correct", order)) {
      const before = taken.get(answer.shard);
      if (before === undefined || !("failed" in before)) taken.set(answer.shard, answer);
    }
  }
  return follow({ ...deps, correctors: api.correctors }, [...taken.values()]);
};

/** @param hours in their order @returns spans of them, wider where there were too many */
const spansOf = (hours: readonly number[]): readonly { from: number; to: number }[] => {
  const spans: { from: number; to: number }[] = [];
  for (const hour of hours) {
    const last = spans.at(-1);
    if (last?.to === hour) last.to = hour + HOUR_MS;
    else spans.push({ from: hour, to: hour + HOUR_MS });
  }
  const [first, last] = [spans[0], spans.at(-1)];
  if (spans.length <= MAX_ORDERS || first === undefined || last === undefined) return spans;
  return [{ from: first.from, to: last.to }];
};

/** The last run of a shard says what the hour has. */
const distinctByHour = (runs: readonly HourRun[]): ReadonlyMap<number, number> => {
  const found = new Map<number, number>();
  for (const { last } of byHourAndShard(runs)) {
    const distinct = last.outcome === "done" ? last.events - last.detail.copies : 0;
    found.set(last.hour, (found.get(last.hour) ?? 0) + distinct);
  }
  return found;
};

/** From what the first run found there to what the last one left. */
const differenceOf = (runs: readonly HourRun[]): Pick<Settled, "before" | "after"> => {
  let before = 0;
  let after = 0;
  for (const { first, last } of byHourAndShard(runs)) {
    before += first.before;
    after += last.after;
  }
  return { before, after };
};

const byHourAndShard = (runs: readonly HourRun[]) => {
  const hours = new Map<string, { first: HourRun; last: HourRun }>();
  for (const run of runs) {
    const name = `${run.hour} ${run.shard}`;
    const known = hours.get(name) ?? { first: run, last: run };
    if (run.run < known.first.run) known.first = run;
    if (run.run > known.last.run) known.last = run;
    hours.set(name, known);
  }
  return [...hours.values()];
};
