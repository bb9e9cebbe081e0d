import { combine, hashText, mix32 } from "../hash.ts";
import type { ContentId } from "../ids.ts";
import { HOUR_MS, MAX_SHARDS } from "../limits.ts";
import { parseHour } from "./hour-text.ts";

/** From `fromHourMs` on, events are routed over `count` shards. */
export interface ShardEntry {
  readonly count: number;
  readonly fromHourMs: number;
}

/** Entries in ascending order; the first one holds from the beginning of time. */
export type ShardSchedule = readonly [ShardEntry, ...ShardEntry[]];

export type ScheduleResult =
  | { readonly status: "ok"; readonly schedule: ShardSchedule }
  | { readonly status: "refused"; readonly reason: string };

const ENTRY = /^(\d{1,4})(?:@(\d{4}-\d{2}-\d{2}T\d{2})Z)?$/;

/**
 * @param text `8` or `8,16@2026-12-01T00Z`: a number of shards, then others from a UTC hour on
 */
export const parseSchedule = (text: string): ScheduleResult => {
  const entries: ShardEntry[] = [];
  for (const [index, part] of text.split(",").entries()) {
    const match = ENTRY.exec(part.trim());
    const count = Number(match?.[1]);
    const hour = match?.[2];
    const fromHourMs = hour === undefined ? Number.NEGATIVE_INFINITY : parseHour(hour);
    if (match === null || !(count >= 1 && count <= MAX_SHARDS) || fromHourMs === undefined) {
      return { status: "refused", reason: `"${part}" is not COUNT or COUNT@YYYY-MM-DDTHHZ` };
    }
    if ((index === 0) !== (hour === undefined)) {
      return { status: "refused", reason: "the first entry has no hour and every other one has" };
    }
    const before = entries.at(-1);
    if (before !== undefined && fromHourMs <= before.fromHourMs) {
      return { status: "refused", reason: "the hours have to ascend" };
    }
    entries.push({ count, fromHourMs });
  }
  const [first, ...rest] = entries;
  return first === undefined
    ? { status: "refused", reason: "it is empty" }
    : { status: "ok", schedule: [first, ...rest] };
};

/** @returns the shard of a content's events issued at `atMs` */
export const shardOf = (schedule: ShardSchedule, content: ContentId, atMs: number): number => {
  return homeAmong(shardsAt(schedule, atMs), content);
};

/** @returns how many shards events issued at `atMs` are routed over */
export const shardsAt = (schedule: ShardSchedule, atMs: number): number => {
  const hour = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  let count = schedule[0].count;
  for (const entry of schedule) if (entry.fromHourMs <= hour) count = entry.count;
  return count;
};

/** @returns every shard that may hold views of the content; its total is the sum of their parts */
export const homesOf = (schedule: ShardSchedule, content: ContentId): readonly number[] => [
  ...new Set(schedule.map(({ count }) => homeAmong(count, content))),
];

/**
 * @returns whether the content's events of `fromMs <= at <= toMs` are routed to more than one shard, as a question: it
 * is asked of many contents
 */
export const spreadBetween = (
  schedule: ShardSchedule,
  fromMs: number,
  toMs: number,
): ((content: ContentId) => boolean) => {
  const counts = schedule
    .filter(({ fromHourMs }, index) => {
      const until = schedule[index + 1]?.fromHourMs ?? Number.POSITIVE_INFINITY;
      return fromHourMs <= toMs && fromMs < until;
    })
    .map(({ count }) => count);
  if (counts.length === 1) return () => false;
  return (content) => new Set(counts.map((count) => homeAmong(count, content))).size > 1;
};

/** @returns every shard any entry of the schedule routes to */
export const allShards = (schedule: ShardSchedule): readonly number[] =>
  Array.from({ length: Math.max(...schedule.map(({ count }) => count)) }, (_, shard) => shard);

const homeAmong = (count: number, content: ContentId): number => {
  const { hi, lo } = combine(hashText(content), ROUTING);
  return mix32(hi ^ lo) % count;
};

/** Keeps routing independent of the window tables, which hash contents too. */
const ROUTING = hashText("shard");
