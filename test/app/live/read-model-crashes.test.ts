import fc from "fast-check";
import { expect, test } from "vitest";
import { LIVE_PUBLISH_MAX_MS } from "../../../src/core/limits.ts";
import type { FakeSocket, RoomHarness } from "../../support/room-harness.ts";
import {
  live,
  type Mood,
  roomWithReadModel,
  type ShownStreams,
} from "../../support/shown-streams.ts";

const steps = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("join" as const),
      visitor: fc.constantFrom("ann", "bob", "cid"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("leave" as const), which: fc.nat(9) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      ms: fc.oneof(fc.nat(1_500), fc.nat(30_000)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("mood" as const),
      mood: fc.constantFrom<Mood>("fine", "failing", "lost", "hung", "silent"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("evict" as const),
      sockets: fc.constantFrom("hibernate" as const, "drop" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("end" as const, "start" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("foreign" as const) }) },
);

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const act = async (room: RoomHarness, shown: ShownStreams, tabs: FakeSocket[], step: Step) => {
  switch (step.do) {
    case "join":
      return void tabs.push(await room.connect({ visitor: step.visitor }));
    case "leave": {
      const [tab] = tabs.splice(step.which % Math.max(1, tabs.length), 1);
      return tab === undefined ? undefined : room.leave(tab);
    }
    case "pass": {
      for (const tab of tabs) room.ping(tab);
      return await live(room, shown, step.ms);
    }
    case "mood":
      shown.mood = step.mood;
      return undefined;
    case "evict":
      return room.evict(step.sockets);
    case "end":
      return void room.room.end();
    case "start":
      room.now += 1;
      return void room.open();
    case "foreign":
      return void shown.overwrite(99, 3_600_000);
  }
};

const numbersOf = ({
  status,
  viewers,
  peak,
  total,
  uniqueToday,
  startedAt,
}: {
  readonly status: string;
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
  readonly uniqueToday: number;
  readonly startedAt: number;
}) => ({ status, viewers, peak, total, uniqueToday, startedAt });

test("whatever fails, hangs, dies or is overwritten: 20 s after the read model answers again it says what the room says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { maxLength: 40 }),
      fc.constantFrom("hibernate" as const, "drop" as const, undefined),
      async (history, last) => {
        const { room, shown } = roomWithReadModel();
        const tabs: FakeSocket[] = [];
        let foreign = false;
        for (const step of history) {
          const { length } = shown.calls;
          await act(room, shown, tabs, step);
          foreign = step.do === "foreign" || (foreign && shown.calls.length === length);
        }
        if (last !== undefined) room.evict(last);
        shown.mood = "fine";
        for (const tab of tabs) room.ping(tab);
        await live(room, shown, LIVE_PUBLISH_MAX_MS);
        const numbers = room.numbers();
        // Who overwrites what a room without viewers has told is not found: nobody asks.
        if (foreign && numbers.viewers === 0) return;
        expect(shown.row && numbersOf(shown.row)).toEqual(numbersOf(numbers));
        if (numbers.viewers > 0) {
          expect(room.now - (shown.row?.asOf ?? 0)).toBeLessThan(LIVE_PUBLISH_MAX_MS);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("what the read model says never goes back in time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (history) => {
      const { room, shown } = roomWithReadModel();
      const tabs: FakeSocket[] = [];
      let asOf = 0;
      for (const step of history.filter((it) => it.do !== "foreign")) {
        await act(room, shown, tabs, step);
        expect(shown.row?.asOf ?? 0).toBeGreaterThanOrEqual(asOf);
        asOf = shown.row?.asOf ?? 0;
      }
      for (const [index, { stamp }] of shown.calls.entries()) {
        expect(stamp > (shown.calls[index - 1]?.stamp ?? "")).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
