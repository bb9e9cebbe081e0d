import fc from "fast-check";
import { makeEventId } from "../../src/core/views/event-id.ts";
import { ASN_CLASSES, BROWSER_FAMILIES } from "../../src/core/views/view-event.ts";
import { content } from "./events.ts";

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
export const u8 = fc.integer({ min: 0, max: 255 });
/** Unix ms, as wide as an event id has it. */
export const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
export const hash = fc.record({ hi: u32, lo: u32 });
const utf8 = (maxBytes: number) =>
  fc
    .string({ unit: "binary", maxLength: maxBytes })
    .filter((text) => text.isWellFormed() && new TextEncoder().encode(text).length <= maxBytes);

/** Any event that can be sealed, those of later versions among them. */
export const event = fc
  .record({
    at: time,
    random: fc.uint8Array({ minLength: 10, maxLength: 10 }),
    content: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map(content),
    visitor: hash,
    previous: fc.option(hash, { nil: undefined }),
    shard: fc.integer({ min: 0, max: 1_023 }),
    edgeVerdict: u8,
    ruleVersion: u8,
    country: fc.stringMatching(/^[A-Z0-9]{2}$/),
    region: utf8(8),
    city: utf8(64),
    asnClass: fc.constantFrom(...ASN_CLASSES),
    network: hash,
    browser: fc.constantFrom(...BROWSER_FAMILIES),
  })
  .map(({ random, previous, ...rest }) => ({
    ...rest,
    id: makeEventId(rest.at, random),
    ...(previous !== undefined && { previousVisitor: previous }),
  }));
