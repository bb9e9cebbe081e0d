import type { Hash64 } from "../../src/core/hash.ts";
import { type ContentId, contentId } from "../../src/core/ids.ts";
import { makeEventId } from "../../src/core/views/event-id.ts";
import { EDGE_VERDICTS, type EdgeVerdict } from "../../src/core/views/verdict.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { encodeEvent } from "../../src/protocol/event-codec.ts";
import { encodeFrame } from "../../src/protocol/frame.ts";

/** What a test says of an event; the rest of it decides nothing. */
export interface EventSpec {
  /** Tells events of one millisecond apart. */
  readonly serial: number;
  readonly at: number;
  readonly content: string;
  readonly visitor: Hash64;
  readonly previousVisitor?: Hash64 | undefined;
  readonly verdict?: EdgeVerdict;
  readonly shard?: number;
}

/** @throws when the text is no id */
export const content = (text: string): ContentId => {
  const id = contentId(text);
  if (id === undefined) throw new Error(`"${text}" is no content id`);
  return id;
};

export const visitor = (number: number): Hash64 => ({ hi: 0x5eed, lo: number });

export const makeEvent = (spec: EventSpec): ViewEvent => {
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, spec.serial);
  return {
    id: makeEventId(spec.at, random),
    at: spec.at,
    content: content(spec.content),
    visitor: spec.visitor,
    ...(spec.previousVisitor !== undefined && { previousVisitor: spec.previousVisitor }),
    shard: spec.shard ?? 0,
    edgeVerdict: EDGE_VERDICTS[spec.verdict ?? "countable"],
    ruleVersion: 1,
    country: "XX",
    region: "",
    city: "",
    asnClass: "unknown",
    network: { hi: 0, lo: 0 },
    browser: "other",
  };
};

export const frameOf = (event: ViewEvent, acceptedAt = event.at + 3_000): Uint8Array =>
  encodeFrame(encodeEvent(event), acceptedAt, 0);
