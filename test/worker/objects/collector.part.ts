import { runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { VERDICTS } from "../../../src/core/views/verdict.ts";
import { concat } from "../../../src/protocol/bytes.ts";
import { encodeEvent } from "../../../src/protocol/event-codec.ts";
import { encodeFrame } from "../../../src/protocol/frame.ts";
import { framesOfEvents, makeEvent } from "../support/events.ts";
import {
  alarmOf,
  type CollectorStub,
  collectorAt,
  countedIn,
  drain,
  hold,
  loseStorage,
  rowsOf,
  runAlarm,
  saveTally,
  tallyOf,
  untilSlotEnds,
} from "../support/objects.ts";

const viewsIn = (shard: number, count: number) =>
  Array.from({ length: count }, () => makeEvent({ content: "collected", shard }));

const append = async (collector: CollectorStub, frames: Uint8Array): Promise<void> => {
  expect(await collector.append(frames)).toEqual({ status: "committed" });
};

const verdictsIn = async (shard: number): Promise<readonly number[]> => {
  const entries = await rowsOf(tallyOf(shard), "SELECT verdicts FROM log ORDER BY position");
  return entries.flatMap(({ verdicts }) =>
    verdicts instanceof ArrayBuffer ? [...new Uint8Array(verdicts)] : [],
  );
};

test("copies of one event at two Collectors count once", async () => {
  const frames = framesOfEvents(viewsIn(100, 3));
  await append(collectorAt("RAA"), frames);
  await append(collectorAt("RAB"), frames);
  await drain(collectorAt("RAA"));
  await drain(collectorAt("RAB"));
  expect(await countedIn(100, "collected")).toBe(3);
  expect((await verdictsIn(100)).filter((code) => code === VERDICTS.duplicate)).toHaveLength(3);
});

test("a group goes to every shard it has events for, and no other", async () => {
  await append(collectorAt("RBA"), framesOfEvents([...viewsIn(101, 2), ...viewsIn(102, 1)]));
  await append(collectorAt("RBA"), framesOfEvents([...viewsIn(103, 1), ...viewsIn(101, 1)]));
  await drain(collectorAt("RBA"));
  const counted = [101, 102, 103].map((shard) => countedIn(shard, "collected"));
  expect(await Promise.all(counted)).toEqual([3, 1, 1]);
});

test("a Collector born again under its old name is a new source, whose rows are not taken for old ones", async () => {
  const collector = collectorAt("RCA");
  await append(collector, framesOfEvents(viewsIn(104, 2)));
  await append(collector, framesOfEvents(viewsIn(104, 2)));
  await drain(collector);
  await loseStorage(collector);
  await append(collector, framesOfEvents(viewsIn(104, 3)));
  await drain(collector);
  expect(await countedIn(104, "collected")).toBe(7);
  expect(await rowsOf(tallyOf(104), "SELECT * FROM marks")).toHaveLength(2);
});

test("a Collector set back to an earlier state goes on as a new source", async () => {
  const collector = collectorAt("RDA");
  await append(collector, framesOfEvents(viewsIn(105, 1)));
  await drain(collector);
  const [mark] = await rowsOf(tallyOf(105), "SELECT source FROM marks");
  const source = `${mark?.source}`;
  const rows = new Uint8Array(0);
  await tallyOf(105).append({ source, follows: 1, floor: 2, through: 500, rows });
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await append(collector, framesOfEvents(viewsIn(105, 2)));
  await drain(collector);
  expect(errors).toHaveBeenCalledWith(expect.stringContaining("collector.storage-set-back"));
  errors.mockRestore();
  expect(await countedIn(105, "collected")).toBe(3);
});

test("a Tally that lost its storage takes what is left and reports the gap", async () => {
  const collector = collectorAt("REA");
  await append(collector, framesOfEvents(viewsIn(106, 2)));
  await drain(collector);
  await loseStorage(tallyOf(106));
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await append(collector, framesOfEvents(viewsIn(106, 3)));
  await drain(collector);
  expect(errors).toHaveBeenCalledWith(expect.stringContaining("tally.gap"));
  errors.mockRestore();
  expect(await countedIn(106, "collected")).toBe(3);
});

test("the gap is reported also while another shard, new to the Collector, waits", async () => {
  const collector = collectorAt("RFA");
  await append(collector, framesOfEvents(viewsIn(107, 2)));
  await drain(collector);
  await append(collector, framesOfEvents(viewsIn(108, 1)));
  await runInDurableObject(tallyOf(108), (_, { storage }) => {
    storage.sql.exec("ALTER TABLE log RENAME TO hidden");
  });
  const warnings = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await runAlarm(collector);
  expect(warnings).toHaveBeenCalledWith(expect.stringContaining("collector.tally-unreachable"));
  warnings.mockRestore();
  await runInDurableObject(tallyOf(108), (_, { storage }) => {
    storage.sql.exec("ALTER TABLE hidden RENAME TO log");
  });
  await loseStorage(tallyOf(107));
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await append(collector, framesOfEvents(viewsIn(107, 3)));
  await drain(collector);
  expect(errors).toHaveBeenCalledWith(expect.stringContaining("tally.gap"));
  errors.mockRestore();
  expect(await countedIn(107, "collected")).toBe(3);
  expect(await countedIn(108, "collected")).toBe(1);
});

test("a row that cannot be read is kept, and those after it count", async () => {
  const collector = collectorAt("RGA");
  const [first, second, third] = viewsIn(109, 3).map((event) => framesOfEvents([event]));
  if (first === undefined || second === undefined || third === undefined) throw new Error("few");
  const garbage = encodeFrame(encodeEvent(makeEvent({ content: "garbage", shard: 109 })), 0, 0);
  garbage.fill(0xff, 12);
  const laterFormat = framesOfEvents([makeEvent({ content: "later", shard: 109 })]);
  laterFormat[4] = 9;
  await append(collector, concat([first, garbage, laterFormat, second]));
  await append(collector, third);
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await drain(collector);
  expect(errors).toHaveBeenCalledWith(expect.stringContaining("tally.unreadable"));
  errors.mockRestore();
  expect(await countedIn(109, "collected")).toBe(3);
  const { counted, unreadable } = VERDICTS;
  expect(await verdictsIn(109)).toEqual([counted, unreadable, unreadable, counted, counted]);
  const [log] = await rowsOf(tallyOf(109), "SELECT frames FROM log ORDER BY position");
  const sent = concat([first, garbage, laterFormat, second, third]);
  expect(log?.frames).toEqual(sent.buffer);
});

test("a row with a torn end loses its last event and none of the rows after it", async () => {
  const collector = collectorAt("RHA");
  const whole = framesOfEvents(viewsIn(110, 2));
  const torn = whole.subarray(0, whole.length - 5);
  await Promise.all([
    append(collector, torn),
    append(collector, framesOfEvents(viewsIn(110, 1))),
    append(collector, whole.subarray(0, whole.length / 2 + 20)),
    append(collector, framesOfEvents(viewsIn(110, 2))),
  ]);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  await drain(collector);
  vi.restoreAllMocks();
  expect(await countedIn(110, "collected")).toBe(4);
  expect((await verdictsIn(110)).filter((code) => code === VERDICTS.unreadable)).toHaveLength(2);
});

test("with nothing pending there are no rows and no alarm", async () => {
  const collector = collectorAt("RIA");
  await append(collector, framesOfEvents(viewsIn(111, 2)));
  expect(await alarmOf(collector)).not.toBe(null);
  await drain(collector);
  expect(await alarmOf(collector)).toBe(null);
  expect(await rowsOf(collector, "SELECT * FROM rows")).toEqual([]);
  expect(await alarmOf(tallyOf(111))).not.toBe(null);
  await saveTally(tallyOf(111));
  await untilSlotEnds(tallyOf(111));
  expect(await rowsOf(tallyOf(111), "SELECT counted FROM cells")).toEqual([{ counted: 2 }]);
});

test("what is appended while nothing is pending arms the alarm again", async () => {
  const collector = collectorAt("RJA");
  for (const views of [1, 2, 3]) {
    await append(collector, framesOfEvents(viewsIn(112, 1)));
    await hold(collector);
    await drain(collector);
    expect(await countedIn(112, "collected")).toBe(views);
  }
});

test("calls at the same time are all committed", async () => {
  const collector = collectorAt("RKA");
  const calls = Array.from({ length: 64 }, () =>
    append(collector, framesOfEvents(viewsIn(113, 2))),
  );
  await Promise.all(calls);
  await drain(collector);
  expect(await countedIn(113, "collected")).toBe(128);
});
