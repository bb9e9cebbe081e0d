import { expect, test, vi } from "vitest";
import { HOUR_MS, RAW_RETENTION_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import { makeEvent, visitor } from "../../support/events.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

// So few in a night that a handful of objects is too many.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  EXPIRE_BATCH_OBJECTS: 4,
  EXPIRE_MAX_BATCHES: 3,
}));

const DAY_MS = 24 * HOUR_MS;
const MORNING = Date.UTC(2026, 0, 1, 9);

let serial = 0;
let run = 0;

/** A range of the log with a view of each of these hours, in the raw log. */
const archive = async (harness: TallyHarness, hours: readonly number[]): Promise<void> => {
  harness.append(
    hours.map((at) => {
      serial += 1;
      return makeEvent({ serial, at, content: "a", visitor: visitor(serial) });
    }),
  );
  run += 1;
  await harness.seal(hourOf(harness.now), run);
};

const night = async (harness: TallyHarness) => (await harness.tally.close(harness.now)).raw;

/** Names in the raw log that begin like this. */
const named = ({ rawLog }: TallyHarness, prefix: string): readonly string[] =>
  [...rawLog.objects.keys()].filter((name) => name.startsWith(prefix));

const old = (harness: TallyHarness): void => {
  harness.now += RAW_RETENTION_MS + DAY_MS;
};

test("a range that has something left keeps its index and those of all later ranges: no hole comes into being", async () => {
  const harness = new TallyHarness(MORNING);
  await archive(harness, [MORNING]);
  // A clock that runs ahead: its hour is closed last.
  await archive(harness, [MORNING + 40 * DAY_MS]);
  await archive(harness, [MORNING]);
  const [first = "", second, third] = named(harness, "index/");
  old(harness);
  expect(await night(harness)).toEqual({ deleted: 3, left: false });
  expect(named(harness, "index/")).toEqual([second, third]);
  harness.now += 41 * DAY_MS;
  expect(await night(harness)).toEqual({ deleted: 3, left: false });
  expect([first, ...named(harness, "")]).toEqual([first]);
});

test("an index object stays while an hour of the day it was put on is open, and bytes that are no event go with it", async () => {
  const harness = new TallyHarness(MORNING);
  harness.appendBytes([Uint8Array.of(9, 9, 9)]);
  await harness.seal(hourOf(MORNING), 1_000);
  expect(named(harness, "raw-unreadable/")).toHaveLength(1);
  // Raw retention is over for the index, and not yet for the day.
  harness.now = MORNING + RAW_RETENTION_MS + HOUR_MS;
  expect(await night(harness)).toEqual({ deleted: 0, left: false });
  expect(named(harness, "")).toHaveLength(2);
  old(harness);
  expect(await night(harness)).toEqual({ deleted: 2, left: false });
  expect(named(harness, "")).toEqual([]);
});

test("what is too much for a night is left, said, and goes the next night", async () => {
  const harness = new TallyHarness(MORNING);
  await archive(
    harness,
    Array.from({ length: 14 }, (_, hour) => MORNING - hour * HOUR_MS),
  );
  old(harness);
  expect(await night(harness)).toEqual({ deleted: 12, left: true });
  expect(named(harness, "raw/")).toHaveLength(2);
  expect(await night(harness)).toEqual({ deleted: 3, left: false });
});

test("whoever dies or hears nothing after deleting deletes once more, and forgets no name before", async () => {
  const harness = new TallyHarness(MORNING);
  await archive(harness, [MORNING]);
  const [object = ""] = named(harness, "raw/");
  old(harness);
  harness.rawLog.fates.delete = ["done, answer lost"];
  expect(await night(harness)).toEqual({ deleted: 0, left: true });
  const deleted: string[] = [];
  harness.rawLog.before = (call, subject) => void (call === "delete" && deleted.push(subject));
  expect(await night(harness)).toEqual({ deleted: 2, left: false });
  expect(deleted[0]).toBe(object);
});
