import { formatEventId } from "../../src/core/views/event-id.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { decodeFrame, framesOf } from "../../src/protocol/frame.ts";

/** A view as the world knows it: by the person, where the product knows only keys. */
export interface View {
  readonly id: string;
  readonly event: ViewEvent;
  readonly person: string;
  readonly countable: boolean;
}

/** Broken guarantees stop the world. */
export const demand = (holds: boolean, what: () => string): void => {
  if (!holds) throw new Error(what());
};

/** @throws when the bytes are no events: in this world everyone writes what can be read */
export const idsIn = (frames: Uint8Array): readonly string[] =>
  [...framesOf(frames)].map((piece) => {
    const frame = decodeFrame(piece);
    if (frame === undefined) throw new Error("there are unreadable bytes in a log");
    return formatEventId(frame.event.id);
  });

export const bytesOf = (value: unknown): Uint8Array => {
  if (!(value instanceof ArrayBuffer)) throw new Error("this is no blob");
  return new Uint8Array(value);
};
