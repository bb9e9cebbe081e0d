import type { StreamId } from "../../core/ids.ts";
import { LIVE_STALE_MS, MINUTE_MS, READ_MODEL_SETTLE_MS } from "../../core/limits.ts";
import type { Stamp } from "../../core/stamp.ts";
import {
  NotWholeYetError,
  type PublishedStream,
  type StreamPublished,
} from "../../ports/read-model.ts";
import type { LiveRanking, RoomNumbers } from "../../protocol/room-rpc.ts";
import { demandDone, type RedisClient } from "./client.ts";
import { askIncarnation, type IncarnationDeps, readIncarnation } from "./incarnation.ts";
import { categoryKey, LIVE_KEYS, streamKey } from "./keys.ts";
import { readEntry, scoreOf, writeEntry } from "./list-entry.ts";
import { LIST_STREAM_LUA, READ_LIST_LUA } from "./list-script.ts";
import { runScript } from "./script.ts";
import { readStampText } from "./stored.ts";
import { readStreamFields, SET_STREAM_LUA, streamFields, TOLD_FIELDS } from "./stream-hash.ts";

/** Entries of streams that ended or fell silent so long ago are forgotten: no publish is under way for longer. */
const FORGET_AFTER_MS = 5 * MINUTE_MS;

/** One call. */
export const publishStream = async (
  client: RedisClient,
  numbers: PublishedStream,
  deps: IncarnationDeps,
): Promise<StreamPublished> => {
  const { stream, stamp } = numbers;
  const [set, listed, named] = await client.send([
    runScript(SET_STREAM_LUA, [streamKey(stream)], [stamp, ...streamFields(numbers)]),
    listStream(numbers, deps.clock.now()),
    askIncarnation(deps),
  ]);
  const had = [demandDone(set), demandDone(listed)].map(readStampText);
  return { incarnation: readIncarnation(named), had: larger(had[0], had[1]) };
};

const listStream = (numbers: PublishedStream, now: number) => {
  const { entries, all, heard, gone, born } = LIVE_KEYS;
  const args = [
    ...[numbers.stream, writeEntry(numbers), `${scoreOf(numbers)}`, `${numbers.asOf}`],
    ...[numbers.status === "ended" ? "0" : "1", `${now}`],
    ...[`${now - LIVE_STALE_MS}`, `${now - FORGET_AFTER_MS}`],
  ];
  return runScript(LIST_STREAM_LUA, [entries, all, heard, gone, born], args);
};

/** Who rises above one of them only would not be heard by the other. */
const larger = (one: Stamp | undefined, other: Stamp | undefined): Stamp | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? other : one;
};

/** One call. */
export const readStream = async (
  client: RedisClient,
  stream: StreamId,
  now: number,
): Promise<RoomNumbers | undefined> => {
  const [answer] = await client.send([
    (pipeline) => pipeline.hmget(streamKey(stream), ...TOLD_FIELDS),
  ]);
  if (answer?.status === "refused" && answer.code === "WRONGTYPE") return undefined;
  const numbers = readStreamFields(stream, demandDone(answer));
  if (numbers === undefined || numbers.status === "ended") return numbers;
  return now - numbers.asOf < LIVE_STALE_MS ? numbers : undefined;
};

export interface ListWanted {
  readonly limit: number;
  /** All of them when absent. */
  readonly category: string | undefined;
}

/** One call. @throws ReadModelError also while rooms may not have published yet since the list began */
export const readLive = async (
  client: RedisClient,
  { limit, category }: ListWanted,
  now: number,
): Promise<LiveRanking> => {
  const { all, entries, born } = LIVE_KEYS;
  const order = category === undefined ? all : categoryKey(category);
  const args = [`${limit}`, `${now - LIVE_STALE_MS}`];
  const [answer] = await client.send([runScript(READ_LIST_LUA, [order, entries, born], args)]);
  const found = demandDone(answer);
  const [bornAt, ...listed] = Array.isArray(found) ? found : [];
  // Not so of what is no number either.
  if (!(now - Number.parseInt(`${bornAt}`, 10) >= READ_MODEL_SETTLE_MS)) {
    throw new NotWholeYetError("Redis: the list of live streams is not whole yet");
  }
  const streams = listed.flatMap((entry) => readEntry(entry) ?? []);
  return {
    asOf: now,
    streams: streams.filter((stream) => category === undefined || stream.category === category),
  };
};
