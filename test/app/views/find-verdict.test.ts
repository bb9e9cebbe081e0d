import { describe, expect, test } from "vitest";
import { findVerdict } from "../../../src/app/views/find-verdict.ts";
import {
  HOUR_MS,
  MINUTE_MS,
  RECEIPT_HOURS_BACK,
  TRACE_SLICE_BYTES,
} from "../../../src/core/limits.ts";
import { shardOf } from "../../../src/core/views/shards.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { concat } from "../../../src/protocol/bytes.ts";
import { hexOfHash } from "../../../src/protocol/hex.ts";
import { CorrectorWorld } from "../../support/corrector-world.ts";
import { type EventSpec, frameOf, makeEvent, visitor } from "../../support/events.ts";
import { findIn } from "../../support/receipts.ts";

const NINE = Date.UTC(2026, 10, 21, 9);

let serial = 0;
const view = (afterMs: number, person = 1, other: Partial<EventSpec> = {}): ViewEvent => {
  serial += 1;
  const at = NINE + afterMs;
  return makeEvent({ serial, at, content: "a", visitor: visitor(person), ...other });
};

/** Each comes a moment after it was opened. */
const worldOf = (...events: readonly ViewEvent[]): CorrectorWorld => {
  const world = new CorrectorWorld({ now: events[0]?.at ?? NINE });
  for (const event of events) {
    world.now = Math.max(world.now, event.at + 5_000);
    world.append([event]);
  }
  return world;
};

const told = (world: CorrectorWorld, event: ViewEvent) => findVerdict(findIn(world), event);

const logged = (world: CorrectorWorld): number =>
  Number(world.harness().disk.read("SELECT COUNT(*) AS entries FROM log")[0]?.entries);

/** Into the archive and out of the log, without a correction. */
const archive = async (world: CorrectorWorld, hours: readonly number[] = [NINE]): Promise<void> => {
  const run = world.now + 1;
  for (const hour of hours) {
    const through = await world.harness().seal(hour, run);
    world.harness().tally.correction.leave(hour, run, through);
  }
  world.now += 3 * HOUR_MS;
  world.append([view(world.now - NINE, 99)]);
  await world.harness().tally.alarm();
  expect(logged(world)).toBe(1);
};

const [first, second, third] = [view(0), view(30_000), view(60_000)];

describe("an event in the log", () => {
  test("is told as the fold judged it, a duplicate with the time of the view that counts", async () => {
    const world = worldOf(first, second, third);
    const by = { decidedBy: "realtime" };
    expect(await told(world, first)).toMatchObject({ ...by, verdict: "counted" });
    expect(await told(world, second)).toEqual({
      ...by,
      verdict: "duplicate",
      of: first.at,
      confirmedAt: second.at + 3_000,
    });
    expect(await told(world, third)).toMatchObject({ ...by, verdict: "counted" });
    expect(world.rawLog.objects.size).toBe(0);
  });

  test("is no duplicate of the visitor's view of something else, nor of one that did not count", async () => {
    const elsewhere = view(1_000, 1, { content: "b" });
    const bot = view(2_000, 1, { verdict: "bot" });
    const [counts, not] = [view(3_000), view(30_000)];
    const world = worldOf(elsewhere, bot, counts, not);
    expect(await told(world, not)).toMatchObject({ verdict: "duplicate", of: counts.at });
    await archive(world);
    expect(await told(world, not)).toMatchObject({ verdict: "duplicate", of: counts.at });
  });

  test("that came again is what its first copy is", async () => {
    const world = worldOf(first, first);
    expect(await told(world, first)).toMatchObject({ verdict: "counted" });
  });

  test("is a duplicate of a view that was opened after it and came before it", async () => {
    const world = worldOf(second, first);
    expect(await told(world, first)).toMatchObject({ verdict: "duplicate", of: second.at });
  });

  test("is found behind megabytes of others, and one that never came is not", async () => {
    const world = new CorrectorWorld({ now: NINE + MINUTE_MS });
    const row = concat(
      Array.from({ length: 2_000 }, (_, index) => frameOf(view(index, 9 + index))),
    );
    for (let bytes = 0; bytes <= TRACE_SLICE_BYTES; bytes += row.length) {
      world.harness().appendBytes([row]);
    }
    world.append([first]);
    expect(await told(world, first)).toMatchObject({ verdict: "counted" });
    expect(await told(world, second)).toBeUndefined();
  });
});

describe("an event that has left the log", () => {
  test("is told from the raw log as the fold judged it", async () => {
    const world = worldOf(first, second, third);
    await archive(world);
    const by = { decidedBy: "realtime" };
    expect(await told(world, first)).toMatchObject({ ...by, verdict: "counted" });
    expect(await told(world, second)).toMatchObject({ ...by, verdict: "duplicate", of: first.at });
    expect(await told(world, view(40_000))).toBeUndefined();
  });

  test("finds the view it is a duplicate of in the hour before, and in the next", async () => {
    const edge = view(HOUR_MS - 10_000);
    const after = view(HOUR_MS + 10_000);
    const forwards = worldOf(edge, after);
    await archive(forwards, [NINE, NINE + HOUR_MS]);
    expect(await told(forwards, after)).toMatchObject({ verdict: "duplicate", of: edge.at });
    const backwards = worldOf(after, edge);
    await archive(backwards, [NINE, NINE + HOUR_MS]);
    expect(await told(backwards, edge)).toMatchObject({ verdict: "duplicate", of: after.at });
  });

  test("is counted though the log has a later copy of it, which the Tally could not judge", async () => {
    const world = worldOf(first);
    await archive(world);
    world.append([first]);
    expect(world.harness().verdicts().at(-1)).toBe("late");
    expect(await told(world, first)).toMatchObject({ verdict: "counted", decidedBy: "realtime" });
  });

  test("cannot be told while the raw log fails, or has lost its object", async () => {
    const world = worldOf(first);
    await archive(world);
    world.rawLog.fates.read.push("refused");
    await expect(told(world, first)).rejects.toThrow("the raw log is away");
    world.rawLog.objects.clear();
    await expect(told(world, first)).rejects.toThrow("is missing");
  });

  test("is no further looked for when its time is over", async () => {
    const world = worldOf(first);
    await archive(world);
    const demandTime = () => {
      throw new Error("time is over");
    };
    await expect(findVerdict({ ...findIn(world), demandTime }, first)).rejects.toThrow("is over");
  });
});

describe("an event of a corrected hour", () => {
  test("that came too late is told as correction judged it", async () => {
    const world = new CorrectorWorld({ now: NINE + 3 * HOUR_MS });
    world.append([second, first]);
    expect(await told(world, first)).toMatchObject({ verdict: "late", decidedBy: "realtime" });
    await world.correctHours(NINE);
    const by = { decidedBy: "correction" };
    expect(await told(world, first)).toMatchObject({ ...by, verdict: "counted" });
    expect(await told(world, second)).toMatchObject({ ...by, verdict: "duplicate", of: first.at });
  });

  test("that came after the correction is told as the Tally judged it, until the next one", async () => {
    const world = worldOf(first);
    world.now = NINE + 2 * HOUR_MS;
    await world.correctHours(NINE);
    world.append([third]);
    expect(await told(world, first)).toMatchObject({ decidedBy: "correction" });
    expect(await told(world, third)).toMatchObject({ verdict: "late", decidedBy: "realtime" });
    await world.correct();
    expect(await told(world, third)).toMatchObject({ verdict: "counted", decidedBy: "correction" });
  });

  test("stays what correction said, whatever came since and lies in the archive", async () => {
    const world = worldOf(second);
    world.now = NINE + 2 * HOUR_MS;
    await world.correctHours(NINE);
    world.append([first]);
    await world.harness().seal(NINE, world.now + HOUR_MS);
    const by = { decidedBy: "correction" };
    expect(await told(world, second)).toMatchObject({ ...by, verdict: "counted" });
  });

  test("may be what one that came later is a duplicate of", async () => {
    const world = worldOf(first);
    await world.correctHours(NINE);
    world.append([second]);
    await archive(world);
    const by = { decidedBy: "realtime" };
    expect(await told(world, second)).toMatchObject({ ...by, verdict: "duplicate", of: first.at });
  });

  test("whose correction came to nothing is told as the Tally judged it", async () => {
    const world = worldOf(first);
    await archive(world);
    for (const name of [...world.rawLog.objects.keys()]) {
      const lines = world.rawLog.linesOf(name);
      world.rawLog.objects.delete(name);
      await world.rawLog.put(name, [...lines, ...lines]);
    }
    await world.correctHours(NINE);
    expect(world.recordsOf(NINE)[0]?.outcome).toBe("gap");
    expect(await told(world, first)).toMatchObject({ verdict: "counted", decidedBy: "realtime" });
  });

  test("follows what operators decide", async () => {
    const world = worldOf(first, second);
    const value = hexOfHash(first.visitor);
    world.now = NINE + 2 * HOUR_MS;
    await world.correctHours(NINE);
    world.exclusions = [
      { id: "1", effect: "exclude", kind: "visitor", value, fromAt: NINE, toAt: NINE + 1 },
    ];
    await world.correctHours(NINE);
    const by = { decidedBy: "correction" };
    expect(await told(world, first)).toMatchObject({ ...by, verdict: "excluded" });
    expect(await told(world, second)).toMatchObject({ ...by, verdict: "counted" });
  });

  test("behind a chain of more hours than are looked at is judged by what the Tally counted there", async () => {
    const hours = RECEIPT_HOURS_BACK + 4;
    const count = Math.floor((hours * HOUR_MS) / 35_000);
    const all = Array.from({ length: count }, (_, index) => view(index * 35_000));
    const world = worldOf(...all);
    world.now += HOUR_MS;
    await world.correctHours(NINE, hours);
    // Every second one counts. The first of the last hour that is looked at is none of them.
    const start = (hours - 1 - RECEIPT_HOURS_BACK) * HOUR_MS;
    expect(Math.ceil(start / 35_000) % 2).toBe(1);
    const last = all.slice(-3);
    for (const [index, event] of last.entries()) {
      const counts = (count - 3 + index) % 2 === 0;
      expect(await told(world, event)).toMatchObject({
        decidedBy: "correction",
        verdict: counts ? "counted" : "duplicate",
      });
    }
  });
});

test("a chain across an hour in which the content moved to another shard is followed there", async () => {
  const edge = view(HOUR_MS - 20_000);
  const shards = "1,2@2026-11-21T10Z";
  const world = new CorrectorWorld({ now: NINE + 3 * HOUR_MS, shards });
  const home = shardOf(world.schedule, edge.content, NINE + HOUR_MS);
  const moved = { ...view(HOUR_MS + 20_000), shard: home };
  world.append([edge]);
  world.append([moved], home);
  world
    .corrector(1)
    .correct({ kind: "hours", from: NINE, to: NINE + 2 * HOUR_MS, reason: "manual" });
  await world.correctHours(NINE, 2);
  expect(await told(world, moved)).toMatchObject({
    verdict: "duplicate",
    of: edge.at,
    decidedBy: "correction",
  });
});
