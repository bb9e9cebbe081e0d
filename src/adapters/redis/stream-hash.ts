import * as v from "valibot";
import type { StreamId } from "../../core/ids.ts";
import { READ_MODEL_STREAM_LIFE_MS } from "../../core/limits.ts";
import type { PublishedStream } from "../../ports/read-model.ts";
import type { RoomNumbers } from "../../protocol/room-rpc.ts";
import { NEWER_LUA, STAMP_CHARS } from "./script.ts";
import { StampText, WholeText } from "./stored.ts";

/**
 * Sets a stream's numbers, given as fields and values after the stamp, unless newer ones are there, and renews their
 * life. @returns the stamp of what was there, or nothing
 */
export const SET_STREAM_LUA = `${NEWER_LUA}
local had = redis.pcall('HGET', KEYS[1], 'stamp')
if type(had) == 'table' then
  if not string.find(had.err, '^WRONGTYPE') then return had end
  redis.call('DEL', KEYS[1])
  had = false
end
if had and (#had ~= ${STAMP_CHARS} or not string.find(had, '^[0-9a-z]+%-[0-9a-z]+$')) then had = false end
if not had or newer(ARGV[1], had) then redis.call('HSET', KEYS[1], unpack(ARGV, 2)) end
redis.call('PEXPIRE', KEYS[1], ${READ_MODEL_STREAM_LIFE_MS})
return had`;

/** Of a stream that has no category; ids are longer. */
const NO_CATEGORY = "";

/** Fields and values in turn, as HSET takes them. */
export const streamFields = (numbers: PublishedStream): readonly string[] => {
  const fields = {
    status: numbers.status,
    current: numbers.viewers,
    peak: numbers.peak,
    total: numbers.total,
    recent: numbers.recent,
    unique_today: numbers.uniqueToday,
    broadcaster: numbers.broadcaster,
    category: numbers.category ?? NO_CATEGORY,
    started_at: numbers.startedAt,
    as_of: numbers.asOf,
    stamp: numbers.stamp,
  };
  return Object.entries(fields).flatMap(([field, value]) => [field, `${value}`]);
};

/** In the order in which they are asked for. */
const Told = v.tuple([
  v.picklist(["live", "syncing", "ended"]),
  WholeText,
  WholeText,
  WholeText,
  WholeText,
  WholeText,
  WholeText,
  WholeText,
  StampText,
]);

/** What readers are told. */
export const TOLD_FIELDS = [
  "status",
  "current",
  "peak",
  "total",
  "unique_today",
  "recent",
  "started_at",
  "as_of",
  "stamp",
] as const;

/** @param values of `TOLD_FIELDS` @returns undefined when there is nothing, or nothing that can be read */
export const readStreamFields = (stream: StreamId, values: unknown): RoomNumbers | undefined => {
  const read = v.safeParse(Told, values);
  if (!read.success) return undefined;
  const [status, viewers, peak, total, uniqueToday, recent, startedAt, asOf, stamp] = read.output;
  return { stream, status, viewers, peak, total, uniqueToday, recent, startedAt, asOf, stamp };
};
