import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS, RAW_RETENTION_MS } from "../../src/core/limits.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { content, makeEvent, visitor } from "./events.ts";
import type { LostWorld } from "./lost-world.ts";

export const MORNING = Date.UTC(2026, 10, 21, 9, 30);
export const CONTENTS = ["a", "b", "c", "d"] as const;

export interface View {
  readonly content: string;
  readonly visitor: number;
  /** How long ago it was opened, ms. */
  readonly ago: number;
}

export type LostStep =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "view"; readonly views: readonly View[] }
  | { readonly do: "correct" | "flush" }
  | { readonly do: "start"; readonly content: string; readonly views: number }
  | { readonly do: "restate"; readonly content: string; readonly views: number | undefined };

export interface History {
  /** What is closed in the end. */
  readonly long: readonly LostStep[];
  readonly recent: readonly LostStep[];
}

let serial = 0;

export const viewBy = (by: number, id: string, at: number): ViewEvent => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: visitor(by) });
};

/** Few visitors, so that they meet often; on time, late, and of hours before. */
const view: fc.Arbitrary<View> = fc.record({
  content: fc.constantFrom(...CONTENTS),
  visitor: fc.nat({ max: 5 }),
  ago: fc.constantFrom(
    0,
    0,
    0,
    10_000,
    40_000,
    61_000,
    25 * MINUTE_MS,
    70 * MINUTE_MS,
    5 * HOUR_MS,
  ),
});

const happening: fc.Arbitrary<LostStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("view" as const),
      views: fc.array(view, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(20_000, 50_000, 30 * MINUTE_MS, HOUR_MS, 26 * HOUR_MS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("correct" as const, "flush" as const) }),
  },
);

/** What operators say, and no raw log. */
const saying: fc.Arbitrary<LostStep> = fc.oneof(
  fc.record({
    do: fc.constant("start" as const),
    content: fc.constantFrom(...CONTENTS),
    views: fc.nat({ max: 9 }),
  }),
  fc.record({
    do: fc.constant("restate" as const),
    content: fc.constantFrom(...CONTENTS),
    views: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
  }),
);

/** @param of whether operators have their say, and whether hours are old enough to be closed */
export const historyOf = (
  of: { readonly byHand: boolean; readonly isLong: boolean } = { byHand: true, isLong: true },
): fc.Arbitrary<History> => {
  const step = of.byHand
    ? fc.oneof({ weight: 4, arbitrary: happening }, { weight: 1, arbitrary: saying })
    : happening;
  const none = fc.constant([]);
  return fc.record({
    long: of.isLong ? fc.oneof(none, fc.array(step, { maxLength: 8 })) : none,
    recent: fc.array(step, { minLength: 1, maxLength: 14 }),
  });
};

export const take = async (world: LostWorld, what: LostStep): Promise<void> => {
  switch (what.do) {
    case "wait":
      world.now += what.ms;
      return;
    case "view":
      return world.append(
        what.views.map((it) => viewBy(it.visitor, it.content, world.now - it.ago)),
      );
    case "correct":
      return world.settle();
    case "flush":
      return world.send();
    case "start":
      return world.ask((tally) => tally.setStart(content(what.content), what.views));
    case "restate":
      await world.ask((tally) => tally.restate(content(what.content), what.views));
  }
};

/** Everything that was counted is corrected in the end, its days too, archived and in the database. */
export const live = async (world: LostWorld, { long, recent }: History): Promise<void> => {
  if (long.length > 0) {
    for (const what of long) await take(world, what);
    world.now += 2 * HOUR_MS;
    await world.settle();
    world.now += RAW_RETENTION_MS + 2 * DAY_MS;
    await world.ask((tally) => tally.close(world.now));
  }
  for (const what of recent) await take(world, what);
  // At noon, when the days before have long been over.
  world.now += 2 * DAY_MS - (world.now % DAY_MS) + 12 * HOUR_MS;
  await world.settle({ kind: "hours", from: 0, to: world.now, reason: "manual" });
};
