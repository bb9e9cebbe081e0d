import fc from "fast-check";
import { expect, test } from "vitest";
import { type RebuildDeps, rebuild } from "../../../src/app/views/rebuild.ts";
import { parseSchedule } from "../../../src/core/views/shards.ts";
import type { CorrectionOrder } from "../../../src/protocol/correction-rpc.ts";
import { content, makeEvent, visitor } from "../../support/events.ts";
import { talliesOf } from "../../support/tallies.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MORNING = Date.UTC(2026, 10, 21, 9, 30);
const CONTENTS = ["a", "b", "c"] as const;

let serial = 0;

const scheduleOf = (text: string) => {
  const parsed = parseSchedule(text);
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

class Service {
  readonly harnesses = [0, 1].map((shard) => new TallyHarness(MORNING, { shard }));
  readonly orders: (readonly [shard: number, order: CorrectionOrder])[] = [];

  set now(now: number) {
    for (const harness of this.harnesses) harness.now = now;
  }

  view(shard: number, contents: readonly string[]): void {
    const harness = this.at(shard);
    const events = contents.map((id) => {
      serial += 1;
      return makeEvent({ serial, at: harness.now, content: id, visitor: visitor(serial), shard });
    });
    harness.append(events);
  }

  at(shard: number): TallyHarness {
    const harness = this.harnesses[shard];
    if (harness === undefined) throw new Error(`there is no tally:${shard}`);
    return harness;
  }

  async send(): Promise<void> {
    for (const { tally } of this.harnesses) {
      await tally.flush();
      await tally.rollUp();
    }
  }

  /** Everything in the database, in no order. */
  get rows(): object {
    return this.harnesses.map(({ database: { cells, parts, days } }) => ({ cells, parts, days }));
  }

  wipe(): void {
    for (const { database } of this.harnesses) {
      for (const table of [database.cells, database.parts, database.days]) table.clear();
    }
  }

  rebuild(from: number, changes: Partial<RebuildDeps> = {}) {
    return rebuild(
      {
        tallies: talliesOf(this.harnesses),
        correctors: {
          correct: async (shard, order) => {
            this.orders.push([shard, order]);
            return { waiting: shard + 5 };
          },
        },
        schedule: scheduleOf("2"),
        clock: { now: () => this.at(0).now },
        ...changes,
      },
      from,
    );
  }
}

test("a database that was wiped has after a rebuild what it had before", async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant("view" as const),
      shard: fc.nat({ max: 1 }),
      contents: fc.array(fc.constantFrom(...CONTENTS), { maxLength: 5 }),
    }),
    fc.record({ do: fc.constant("wait" as const), hours: fc.constantFrom(1, 7, 24) }),
    fc.record({ do: fc.constant("send" as const) }),
    fc.record({ do: fc.constant("restate" as const), views: fc.nat({ max: 9 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const service = new Service();
      for (const what of steps) {
        if (what.do === "view") service.view(what.shard, what.contents);
        if (what.do === "wait") service.now = service.at(0).now + what.hours * HOUR_MS;
        if (what.do === "send") await service.send();
        if (what.do === "restate") service.at(0).tally.restate(content("a"), what.views);
      }
      await service.send();
      const before = structuredClone(service.rows);
      service.wipe();
      expect((await service.rebuild(MORNING)).failed).toEqual([]);
      expect(service.rows).toEqual(before);
    }),
  );
});

test("it says how many rows were sent and what waits for correction: all hours from then on that are over", async () => {
  const service = new Service();
  service.view(1, ["a", "b"]);
  service.now = MORNING + DAY_MS;
  await service.send();
  const { answers, failed } = await service.rebuild(MORNING);
  expect(failed).toEqual([]);
  expect(answers).toEqual([
    { shard: 0, answer: { rows: 0, waiting: 5 } },
    { shard: 1, answer: { rows: 6, waiting: 6 } },
  ]);
  const order = {
    kind: "hours",
    from: MORNING - HOUR_MS / 2,
    to: MORNING - HOUR_MS / 2 + DAY_MS,
    reason: "rebuild",
  };
  expect(service.orders).toEqual([
    [0, order],
    [1, order],
  ]);
});

test("a shard that fails is named, the others are rebuilt, and its rows follow with the next flush", async () => {
  const service = new Service();
  for (const shard of [0, 1]) service.view(shard, ["a"]);
  await service.send();
  service.wipe();
  service.at(1).database.fates = ["refused"];
  const { answers, failed } = await service.rebuild(MORNING);
  expect(failed).toEqual([{ shard: 1, cause: "Error: the database is away" }]);
  expect(answers).toMatchObject([{ shard: 0, answer: { rows: 2 } }]);
  expect(await service.at(1).tally.flush()).toMatchObject({ rows: 2 });
});

test("a Corrector that does not answer is a failure, and what the Tally has is sent all the same", async () => {
  const service = new Service();
  service.view(0, ["a"]);
  await service.send();
  service.wipe();
  const correctors = { correct: () => Promise.reject(new Error("no answer")) };
  const { failed } = await service.rebuild(MORNING, { correctors });
  expect(failed).toHaveLength(2);
  await service.send();
  expect(service.at(0).database.cells.size).toBe(1);
});

test("asked for while a flush is under way, everything is sent by the next one", async () => {
  const harness = new TallyHarness(MORNING);
  serial += 1;
  harness.append([makeEvent({ serial, at: MORNING, content: "a", visitor: visitor(serial) })]);
  await harness.tally.flush();
  serial += 1;
  harness.append([makeEvent({ serial, at: MORNING, content: "b", visitor: visitor(serial) })]);
  harness.database.meanwhile = () => harness.tally.reflush();
  await harness.tally.flush();
  harness.database.meanwhile = () => undefined;
  expect(await harness.tally.flush()).toMatchObject({ rows: 4 });
  expect(await harness.tally.flush()).toMatchObject({ rows: 0 });
});

test("asked for while days are rolled up, all of them are sent by the next rolling up", async () => {
  const harness = new TallyHarness(MORNING);
  serial += 1;
  harness.append([makeEvent({ serial, at: MORNING, content: "a", visitor: visitor(serial) })]);
  harness.now = MORNING + DAY_MS;
  harness.database.meanwhile = () => harness.tally.reflush();
  await harness.tally.rollUp();
  harness.database.meanwhile = () => undefined;
  harness.database.days.clear();
  expect(await harness.tally.rollUp()).toMatchObject({ rows: 1 });
});
