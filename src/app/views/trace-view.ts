import {
  DEDUPE_WINDOW_MS,
  TOKEN_LIFE_MS,
  TRACE_SLACK_MS,
  TRACE_SLICE_BYTES,
} from "../../core/limits.ts";
import { areOneVisitors } from "../../core/views/fold.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { isFrameOf, isFrameOfVisitor, timeOfFrame } from "../../protocol/frame.ts";
import type { TraceAnswer, TracedEvent, TraceQuery } from "../../protocol/object-rpc.ts";
import { parseRawName } from "../../protocol/raw-names.ts";
import { type LoggedEvent, loggedEvents } from "./logged-events.ts";

type Store = Pick<TallyStore, "archive" | "hours" | "generation" | "entriesOf" | "durable">;

/**
 * Where an event and its hour are. The log is searched first: what is cut off from it meanwhile lies in the objects,
 * which are listed after that.
 */
export const traceView = async (
  store: Store,
  { hour, event }: TraceQuery,
): Promise<TraceAnswer> => {
  const found = event && (await findEvent(store, event));
  const settled = store.hours.hour(hour)?.settled ?? 0;
  const generation = store.generation();
  const objects = store.archive.objectsOf(hour).map((object) => {
    const name = parseRawName(object.name);
    // Positions of another storage say nothing here; a run reads all there is of it.
    const isOlder = name?.generation !== generation;
    return { ...object, settled: settled > 0 && (isOlder || name.to <= settled) };
  });
  const rest = { settled: settled > 0, objects };
  if (found === undefined) return rest;
  return { ...rest, event: { ...found.event, settled: found.position <= settled } };
};

interface Found {
  readonly position: number;
  readonly event: Omit<TracedEvent, "settled">;
}

/** The first copy there is: the others are duplicates of it. */
const findEvent = async (store: Store, event: ViewEvent): Promise<Found | undefined> => {
  const { id, at } = event;
  const END = Number.MAX_SAFE_INTEGER;
  const isCopy = (bytes: Uint8Array) => isFrameOf(bytes, id);
  for await (const { position, verdict, frame } of search(store, at, at, END, isCopy)) {
    if (frame === undefined) continue;
    const { acceptedAt } = frame;
    const of = verdict === "duplicate" ? await findCounted(store, event, position) : undefined;
    const found = { verdict, acceptedAt, ...(of !== undefined && { of }) };
    return { position, event: found };
  }
  return undefined;
};

/** @returns when the view was opened that this one is a duplicate of, ms, of those that came before it */
const findCounted = async (
  store: Store,
  event: ViewEvent,
  through: number,
): Promise<number | undefined> => {
  const [from, to] = [event.at - DEDUPE_WINDOW_MS + 1, event.at + DEDUPE_WINDOW_MS - 1];
  const { id, visitor, previousVisitor } = event;
  const keys = previousVisitor === undefined ? [visitor] : [visitor, previousVisitor];
  const isNear = (bytes: Uint8Array): boolean => {
    if (!isFrameOfVisitor(bytes, keys) || isFrameOf(bytes, id)) return false;
    const at = timeOfFrame(bytes);
    return at !== undefined && at >= from && at <= to;
  };
  for await (const { verdict, frame } of search(store, from, to, through, isNear)) {
    if (frame === undefined || verdict !== "counted") continue;
    if (areOneVisitors(frame.event, event)) return frame.event.at;
  }
  return undefined;
};

/** Events issued from `from` to `to`, ms, some of the log at a time. */
async function* search(
  store: Store,
  from: number,
  to: number,
  through: number,
  isWanted: (bytes: Uint8Array) => boolean,
): AsyncGenerator<LoggedEvent> {
  const acceptedBefore = to + TOKEN_LIFE_MS + TRACE_SLACK_MS;
  let above = 0;
  for (let isMore = true; isMore; ) {
    isMore = false;
    let bytes = 0;
    const found: LoggedEvent[] = [];
    for (const entry of store.entriesOf({ above, through, newestFrom: from, acceptedBefore })) {
      found.push(...loggedEvents([entry], isWanted));
      above = entry.position;
      bytes += entry.frames.length;
      isMore = bytes >= TRACE_SLICE_BYTES || found.length > 0;
      if (isMore) break;
    }
    yield* found;
    if (isMore) await store.durable();
  }
}
