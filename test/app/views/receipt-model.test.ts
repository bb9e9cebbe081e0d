import fc from "fast-check";
import { expect, test } from "vitest";
import { findVerdict } from "../../../src/app/views/find-verdict.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { hexOfHash } from "../../../src/protocol/hex.ts";
import { CorrectorWorld } from "../../support/corrector-world.ts";
import { makeEvent, visitor } from "../../support/events.ts";
import { findIn, idOf, naiveVerdicts } from "../../support/receipts.ts";

const MIDNIGHT = Date.UTC(2026, 10, 22);

/** A person's key of the day, and in its first minute that of the day before. */
const keysAt = (person: number, at: number) => {
  const isToday = at >= MIDNIGHT;
  const today = visitor(person * 2 + Number(isToday));
  const isYoung = isToday && at < MIDNIGHT + MINUTE_MS;
  return { visitor: today, ...(isYoung && { previousVisitor: visitor(person * 2) }) };
};

interface Chain {
  readonly person: number;
  readonly content: string;
  readonly startMs: number;
  readonly gapsMs: readonly number[];
  readonly bots: boolean;
}

/** Somebody who comes back again and again. */
const chain: fc.Arbitrary<Chain> = fc.record({
  person: fc.integer({ min: 1, max: 3 }),
  content: fc.constantFrom("a", "b"),
  startMs: fc.integer({ min: -90 * MINUTE_MS, max: 10 * MINUTE_MS }),
  gapsMs: fc.array(fc.oneof(fc.integer({ min: 0, max: 61_000 }), fc.constant(59_999)), {
    minLength: 1,
    maxLength: 90,
    size: "max",
  }),
  bots: fc.boolean(),
});

const eventsOf = (chains: readonly Chain[]): ViewEvent[] => {
  let serial = 0;
  return chains.flatMap(({ person, content, startMs, gapsMs, bots }) => {
    let at = MIDNIGHT + startMs;
    return gapsMs.map((gap) => {
      serial += 1;
      at += gap;
      const verdict = bots && serial % 5 === 0 ? "bot" : "countable";
      return makeEvent({ serial, at, content, verdict, ...keysAt(person, at) });
    });
  });
};

/** Two decisions: one takes a person's views of some minutes out, one lets bots count for an hour. */
const DECISIONS = [
  {
    id: "1",
    effect: "exclude",
    kind: "visitor",
    value: hexOfHash(visitor(2)),
    fromAt: MIDNIGHT - 30 * MINUTE_MS,
    toAt: MIDNIGHT + 30_000,
  },
  {
    id: "2",
    effect: "reinstate",
    kind: "rule",
    value: "bot@1",
    fromAt: MIDNIGHT - HOUR_MS,
    toAt: MIDNIGHT,
  },
] as const;

const asDecided = (event: ViewEvent) => {
  const { at, visitor: key, previousVisitor } = event;
  const isNamed = [key, previousVisitor].some((it) => it?.lo === 2);
  const excluded = isNamed && at >= MIDNIGHT - 30 * MINUTE_MS && at < MIDNIGHT + 30_000;
  const reinstated = at >= MIDNIGHT - HOUR_MS && at < MIDNIGHT;
  return { event, excluded, countable: event.edgeVerdict === 0 || reinstated };
};

/** In whatever order they come, some of them more than once. */
const traffic = fc
  .array(chain, { minLength: 1, maxLength: 4 })
  .map(eventsOf)
  .chain((events) =>
    fc.record({
      events: fc.shuffledSubarray(events, { minLength: events.length }),
      copies: fc.subarray(events),
    }),
  );

test("when all hours are corrected, every event's receipt says what a fold of everything says", async () => {
  await fc.assert(
    fc.asyncProperty(traffic, async ({ events, copies }) => {
      const world = new CorrectorWorld({ now: MIDNIGHT + 6 * HOUR_MS });
      world.exclusions = [...DECISIONS];
      world.append(events);
      world.append(copies);
      await world.correctHours(MIDNIGHT - 2 * HOUR_MS, 5);
      const expected = naiveVerdicts([...events, ...copies].map(asDecided));
      for (const event of events) {
        const found = await findVerdict(findIn(world), event);
        const { counts, of } = expected.get(idOf(event)) ?? {};
        expect(found?.decidedBy).toBe("correction");
        expect(found?.verdict === "counted").toBe(counts);
        expect(found?.of).toBe(of);
        expect(found?.verdict === "excluded").toBe(asDecided(event).excluded);
      }
    }),
    { numRuns: 8 },
  );
});

/** The same person's views, without and among those of others, at each point of their way. */
const stages = async (own: readonly ViewEvent[], others: readonly ViewEvent[]) => {
  const world = new CorrectorWorld({ now: MIDNIGHT - 2 * HOUR_MS });
  const told: unknown[] = [];
  const ask = async () => {
    for (const event of own) told.push(await findVerdict(findIn(world), event));
  };
  const [early, late] = [
    others.filter((_, index) => index % 3 > 0),
    others.filter((_, index) => index % 3 === 0),
  ];
  for (const event of [...own, ...early].sort((a, b) => a.at - b.at)) {
    world.now = event.at + 5_000;
    world.append([event]);
    if (own.includes(event)) told.push(await findVerdict(findIn(world), event));
  }
  await ask();
  const run = MIDNIGHT;
  for (const hour of new Set(own.map(({ at }) => hourOf(at))))
    await world.harness().seal(hour, run);
  await ask();
  world.now = MIDNIGHT + 6 * HOUR_MS;
  await world.correctHours(MIDNIGHT - 2 * HOUR_MS, 5);
  await ask();
  if (late.length > 0) world.append(late);
  await ask();
  await world.harness().tally.alarm();
  await ask();
  return told;
};

test("what others do changes no word of a receipt: at once, archived, corrected, and when more of theirs comes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(chain, { minLength: 2, maxLength: 4 }), async (chains) => {
      const events = eventsOf(chains);
      const mine = ({ visitor: { lo } }: ViewEvent) => lo === 2 || lo === 3;
      const own = events.filter(mine);
      const others = events.filter((event) => !mine(event));
      expect(await stages(own, others)).toEqual(await stages(own, []));
    }),
    { numRuns: 4 },
  );
});
