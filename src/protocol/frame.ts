/**
 * Frames: confirmed events on their way through Collector and Tally, one after the other.
 * The first four bytes never change, so that a Collector routes frames of versions it does not know.
 *
 *     0  2  length of all that follows
 *     2  2  shard
 *     4  1  format, 1
 *     5  6  accepted at, ms
 *    11  1  marks
 *    12  n  event
 */
import type { Hash64 } from "../core/hash.ts";
import { MAX_SHARDS } from "../core/limits.ts";
import type { ViewEvent } from "../core/views/view-event.ts";
import { concat } from "./bytes.ts";
import { decodeEvent, hasEventId, hasVisitor, shardOfEvent, timeOfEvent } from "./event-codec.ts";

const FORMAT = 1;
const HEADER_BYTES = 12;
const ROUTE_BYTES = 4;
const UNREADABLE_FORMAT = 0;
const WRAPPED_MAX_BYTES = 32 * 1024;

/** What was noticed at the confirm; correction may look at it. */
export const MARKS = {
  /** The confirm came from another network than the mint. */
  otherNetwork: 1,
} as const;

export interface Frame {
  readonly event: ViewEvent;
  /** When the confirm arrived, ms; differs between copies. */
  readonly acceptedAt: number;
  readonly marks: number;
}

/** @param event the encoded event */
export const encodeFrame = (event: Uint8Array, acceptedAt: number, marks: number): Uint8Array => {
  const bytes = new Uint8Array(HEADER_BYTES + event.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, bytes.length - 2);
  view.setUint16(2, shardOfEvent(viewOf(event)));
  view.setUint8(4, FORMAT);
  view.setUint16(5, Math.floor(acceptedAt / 2 ** 32));
  view.setUint32(7, acceptedAt % 2 ** 32);
  view.setUint8(11, marks);
  bytes.set(event, HEADER_BYTES);
  return bytes;
};

/** @returns the frame, or `undefined` when the bytes are no frame of a known format */
export const decodeFrame = (bytes: Uint8Array): Frame | undefined => {
  const view = viewOf(bytes);
  if (bytes.length < HEADER_BYTES || view.getUint8(4) !== FORMAT) return undefined;
  const event = decodeEvent(bytes.subarray(HEADER_BYTES));
  if (event === undefined || event.shard !== view.getUint16(2)) return undefined;
  const acceptedAt = view.getUint16(5) * 2 ** 32 + view.getUint32(7);
  return { event, acceptedAt, marks: view.getUint8(11) };
};

/** When the event of a frame was issued, ms, without decoding it; whoever has to know more may find that it cannot be. */
export const timeOfFrame = (bytes: Uint8Array): number | undefined =>
  bytes.length < HEADER_BYTES || bytes[4] !== FORMAT
    ? undefined
    : timeOfEvent(viewOf(bytes.subarray(HEADER_BYTES)));

/** A time as frames of this format have it behind their fifth byte: bytes compare as times do. @param acceptedAt ms */
export const acceptedBytes = (acceptedAt: number): Uint8Array => {
  const bytes = new Uint8Array(6);
  const view = viewOf(bytes);
  view.setUint16(0, Math.floor(acceptedAt / 2 ** 32));
  view.setUint32(2, acceptedAt % 2 ** 32);
  return bytes;
};

/** Whether it is a frame of this event, without decoding it: by the id, which no two events share. */
export const isFrameOf = (bytes: Uint8Array, id: Uint8Array): boolean =>
  bytes[4] === FORMAT && hasEventId(bytes.subarray(HEADER_BYTES), id);

/** The same by visitors. */
export const isFrameOfVisitor = (bytes: Uint8Array, keys: readonly Hash64[]): boolean =>
  bytes[4] === FORMAT && hasVisitor(bytes.subarray(HEADER_BYTES), keys);

/** The frames of a row, without a copy. What does not add up at its end comes as one last, undecodable piece. */
export function* framesOf(row: Uint8Array): Generator<Uint8Array> {
  const view = viewOf(row);
  for (let offset = 0; offset < row.length; ) {
    const end = endOfFrame(view, offset) ?? row.length;
    yield row.subarray(offset, end);
    offset = end;
  }
}

/** @returns where the frame that begins at `offset` ends, or `undefined` when its bytes do not add up */
const endOfFrame = (row: DataView, offset: number): number | undefined => {
  if (offset + ROUTE_BYTES > row.byteLength) return undefined;
  const end = offset + 2 + row.getUint16(offset);
  return end > row.byteLength || end < offset + ROUTE_BYTES ? undefined : end;
};

/** Runs of frames as one row. A run with a torn end has it closed, so that it takes nothing of the next run with it. */
export const joinFrames = (runs: readonly Uint8Array[]): Uint8Array => concat(runs.map(closeEnd));

const closeEnd = (run: Uint8Array): Uint8Array => {
  const view = viewOf(run);
  let whole = 0;
  for (let end = endOfFrame(view, 0); end !== undefined; end = endOfFrame(view, end)) whole = end;
  return whole === run.length
    ? run
    : concat([run.subarray(0, whole), ...wrap(run.subarray(whole))]);
};

/** Bytes that are no frame, in frames of a format that nothing reads. */
function* wrap(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += WRAPPED_MAX_BYTES) {
    const part = bytes.subarray(from, from + WRAPPED_MAX_BYTES);
    const frame = new Uint8Array(ROUTE_BYTES + 1 + part.length);
    const view = viewOf(frame);
    view.setUint16(0, frame.length - 2);
    view.setUint16(2, shardOfFrame(bytes));
    view.setUint8(4, UNREADABLE_FORMAT);
    frame.set(part, ROUTE_BYTES + 1);
    yield frame;
  }
}

/** Shard a piece of `framesOf` goes to; one that names none goes to shard 0, where it is kept as unreadable. */
export const shardOfFrame = (frame: Uint8Array): number => {
  const shard = frame.length < ROUTE_BYTES ? 0 : viewOf(frame).getUint16(2);
  return shard < MAX_SHARDS ? shard : 0;
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
