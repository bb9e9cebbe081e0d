import fc from "fast-check";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { makeEvent, visitor } from "./events.ts";
import type { NaiveView } from "./naive-oracle.ts";

/** Midnight UTC: the salt changes here. */
export const MIDNIGHT = Date.UTC(2026, 10, 22);

/** Gaps at which a rule about 60 s goes wrong, if it does. */
const gap = fc.oneof(
  fc.constantFrom(0, 1, 39_999, 40_000, 59_999, 60_000, 60_001, 100_000, 120_000),
  fc.integer({ min: 0, max: 180_000 }),
);

const spec = fc.record({
  gap,
  person: fc.integer({ min: 0, max: 2 }),
  content: fc.constantFrom("a", "b"),
  verdict: fc.constantFrom("countable", "countable", "countable", "bot", "prefetch"),
});

/** Issue times spread to both sides of midnight; each day knows a person by another key. */
const asEvents = (specs: readonly (typeof spec extends fc.Arbitrary<infer T> ? T : never)[]) => {
  const span = specs.reduce((sum, { gap }) => sum + gap, 0);
  let at = MIDNIGHT - Math.floor(span / 2);
  return specs.map(({ gap, person, content, verdict }, serial) => {
    at += gap;
    const key = (day: number) => visitor(1_000 * day + person);
    const fresh = at >= MIDNIGHT && at - MIDNIGHT < 60_000;
    const previousVisitor = fresh ? key(1) : undefined;
    const today = key(at < MIDNIGHT ? 1 : 2);
    return makeEvent({ serial, at, content, visitor: today, previousVisitor, verdict });
  });
};

/** Events of a few visitors around midnight, in order of their issue. */
export const issued = (maxLength = 30): fc.Arbitrary<readonly ViewEvent[]> =>
  fc.array(spec, { minLength: 1, maxLength }).map(asEvents);

/** The same in any order of arrival, some of them several times. */
export const arrivals = (maxLength = 30): fc.Arbitrary<readonly ViewEvent[]> =>
  issued(maxLength).chain((events) => {
    const copies = fc.array(fc.constantFrom(...events), { maxLength: events.length });
    return copies.chain((more) =>
      fc.shuffledSubarray([...events, ...more], { minLength: events.length + more.length }),
    );
  });

/** What the naive oracle needs to know of an event. */
export const naively = (event: ViewEvent): NaiveView => ({
  at: event.at,
  content: event.content,
  keys: [event.visitor, event.previousVisitor].flatMap((key) =>
    key === undefined ? [] : [`${key.hi}/${key.lo}`],
  ),
  countable: event.edgeVerdict === 0,
});
