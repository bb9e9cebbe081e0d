import fc from "fast-check";
import { expect, test } from "vitest";
import { type Restate, restate } from "../../../src/app/views/restate.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import { homesOf, parseSchedule } from "../../../src/core/views/shards.ts";
import type { AuditEntry } from "../../../src/ports/audit-entry.ts";
import type { Content } from "../../../src/ports/database.ts";
import { content, makeEvent, visitor } from "../../support/events.ts";
import { talliesOf } from "../../support/tallies.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const HOUR = hourOf(NOON);

const scheduleOf = (text: string) => {
  const parsed = parseSchedule(text);
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};
const SCHEDULE = scheduleOf("1,4@2026-11-21T00Z,8@2026-11-22T00Z");

/** A content that has three homes. */
const ID = content("c0");

let serial = 0;

class Service {
  readonly harnesses = Array.from({ length: 8 }, (_, shard) => new TallyHarness(NOON, { shard }));
  readonly audit: AuditEntry[] = [];
  readonly contents = new Map<string, Content>();
  readonly homes = homesOf(SCHEDULE, ID);
  /** Shards that do not answer. */
  away: readonly number[] = [];
  noteFails = false;

  /** Views by so many new visitors, in the n-th home. */
  count(home: number, views: number): void {
    const events = Array.from({ length: views }, () => {
      serial += 1;
      return makeEvent({ serial, at: NOON, content: ID, visitor: visitor(serial) });
    });
    this.home(home).append(events);
  }

  home(index: number): TallyHarness {
    const harness = this.harnesses[this.homes[index] ?? -1];
    if (harness === undefined) throw new Error(`there is no home ${index}`);
    return harness;
  }

  /** What readers are told. */
  get views(): number {
    const parts = this.homes.map((_, index) => this.home(index).views(ID) ?? Number.NaN);
    return parts.reduce((sum, part) => sum + part, 0);
  }

  async correct(home: number, counted: number): Promise<void> {
    await this.home(home).settle(HOUR, { [ID]: counted });
  }

  restate(request: Omit<Restate, "id">, id = ID) {
    const tallies = talliesOf(this.harnesses);
    const reach = (shard: number) => {
      if (this.away.includes(shard)) throw new Error(`tally:${shard} is away`);
    };
    return restate(
      {
        schedule: SCHEDULE,
        clock: { now: () => NOON },
        random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
        actor: "operator",
        contents: {
          content: async (wanted) => this.contents.get(wanted),
        },
        audit: {
          note: async (entry) => {
            if (this.noteFails) throw new Error("the database is away");
            this.audit.push(entry);
          },
        },
        tallies: {
          standing: tallies.standing,
          async restate(shard, wanted, views) {
            reach(shard);
            return tallies.restate(shard, wanted, views);
          },
        },
      },
      { ...request, id },
    );
  }
}

const reason = "counted by a broken page";

test("the content of these tests has three homes", () => {
  expect(homesOf(SCHEDULE, ID)).toHaveLength(3);
});

test("a number is brought down to a value over all homes of a content, and what is counted later comes on top", async () => {
  const service = new Service();
  service.count(0, 5);
  service.count(1, 3);
  service.count(2, 2);
  expect(await service.restate({ views: 6, reason })).toEqual({
    status: "restated",
    content: ID,
    before: 10,
    after: 6,
  });
  expect(service.views).toBe(6);
  service.count(1, 2);
  service.count(2, 1);
  expect(service.views).toBe(9);
});

test("no part of it falls below 0, also when the other homes alone have more than it is to be", async () => {
  const service = new Service();
  service.count(0, 1);
  service.count(1, 30);
  service.count(2, 20);
  await service.restate({ views: 35, reason });
  expect(service.homes.map((_, index) => service.home(index).views(ID))).toEqual([0, 30, 5]);
  await service.restate({ views: 0, reason });
  expect(service.views).toBe(0);
  service.count(1, 1);
  expect(service.views).toBe(1);
});

test("without a value it is the truth as it is known, which an earlier restatement is no part of", async () => {
  const service = new Service();
  service.count(0, 5);
  service.count(1, 5);
  await service.correct(0, 2);
  await service.correct(1, 1);
  expect(service.views).toBe(10);
  expect(await service.restate({ reason })).toMatchObject({ before: 10, after: 3 });
  await service.restate({ views: 100, reason });
  expect(service.views).toBe(100);
  expect(await service.restate({ reason })).toMatchObject({ before: 100, after: 3 });
});

test("a correction afterwards moves the truth, never the number down", async () => {
  const service = new Service();
  service.count(0, 8);
  await service.restate({ views: 4, reason });
  await service.correct(0, 6);
  expect(service.views).toBe(4);
  await service.correct(0, 9);
  expect(service.views).toBe(5);
});

test("views brought along from elsewhere are a value of their own, before and after", async () => {
  const service = new Service();
  service.home(0).tally.setStart(ID, 1_000);
  service.count(0, 5);
  await service.restate({ views: 500, reason });
  expect(service.views).toBe(500);
  service.home(0).tally.setStart(ID, 1_200);
  expect(service.views).toBe(700);
  await service.restate({ reason });
  expect(service.views).toBe(1_205);
});

test("the database follows, and the Tally knows it after an eviction", async () => {
  const service = new Service();
  service.count(0, 5);
  await service.home(0).tally.flush();
  await service.restate({ views: 2, reason });
  await service.home(0).tally.flush();
  service.home(0).evict();
  expect(service.views).toBe(2);
  const part = service.home(0).database.parts.get(`${ID}/${service.homes[0]}`);
  expect(part).toMatchObject({ published: 2, restated: -3 });
});

test("what was before, what is after and why stand in the audit log", async () => {
  const service = new Service();
  service.count(0, 5);
  await service.restate({ views: 2, reason });
  expect(service.audit).toMatchObject([
    {
      action: "content.restate",
      subject: ID,
      actor: "operator",
      before: { views: 5 },
      after: { views: 2, reason },
    },
  ]);
});

test("nothing changes that could not be written down", async () => {
  const service = new Service();
  service.count(0, 5);
  service.noteFails = true;
  await expect(service.restate({ views: 2, reason })).rejects.toThrow("the database is away");
  expect(service.views).toBe(5);
});

test("when a home is away, the same request again makes it whole", async () => {
  const service = new Service();
  service.count(0, 5);
  service.count(1, 5);
  await service.correct(1, 3);
  service.away = [service.homes[1] ?? -1];
  await expect(service.restate({ views: 4, reason })).rejects.toThrow("is away");
  service.away = [];
  await service.restate({ views: 4, reason });
  await service.restate({ views: 4, reason });
  expect(service.views).toBe(4);
});

test("a content nobody registered and nobody viewed is unknown, and nothing is left of the question", async () => {
  const service = new Service();
  const other = content("other");
  expect(await service.restate({ views: 4, reason }, other)).toEqual({ status: "unknown-content" });
  expect(service.audit).toEqual([]);
  for (const { disk } of service.harnesses) expect(disk.read("SELECT * FROM totals")).toEqual([]);
  service.contents.set(other, { id: other, startViews: 0 });
  expect(await service.restate({ views: 4, reason }, other)).toMatchObject({ after: 4 });
});

test("whatever is counted, corrected and restated: it is told the value exactly, and everything counted since on top", async () => {
  const home = fc.nat({ max: 2 });
  const step = fc.oneof(
    fc.record({ do: fc.constant("count" as const), home, views: fc.nat({ max: 4 }) }),
    fc.record({ do: fc.constant("correct" as const), home, views: fc.nat({ max: 4 }) }),
    fc.record({ do: fc.constant("start" as const), views: fc.nat({ max: 9 }) }),
    fc.record({
      do: fc.constant("restate" as const),
      views: fc.option(fc.nat({ max: 12 }), { nil: undefined }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const service = new Service();
      for (const what of steps) {
        const before = service.views;
        if (what.do === "count") service.count(what.home, what.views);
        if (what.do === "correct") await service.correct(what.home, what.views);
        if (what.do === "start") service.home(0).tally.setStart(ID, what.views);
        if (what.do !== "restate") {
          expect(service.views).toBeGreaterThanOrEqual(before);
          continue;
        }
        service.contents.set(ID, { id: ID, startViews: 0 });
        await service.restate({ views: what.views, reason });
        if (what.views !== undefined) expect(service.views).toBe(what.views);
        const after = service.views;
        service.count(1, 2);
        expect(service.views).toBe(after + 2);
      }
    }),
  );
});
