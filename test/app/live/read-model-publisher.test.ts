import { expect, test } from "vitest";
import { LIVE_PUBLISH_MAX_MS } from "../../../src/core/limits.ts";
import type { Stamp } from "../../../src/core/stamp.ts";
import { settled } from "../../support/hand-time.ts";
import { RoomHarness } from "../../support/room-harness.ts";
import { live, roomWithReadModel, type ShownStreams } from "../../support/shown-streams.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One without a read model. */
const opened = (): RoomHarness => {
  const room = new RoomHarness();
  room.open();
  return room;
};

/** One with a viewer who stays. */
const watched = async () => {
  const { room, shown } = roomWithReadModel();
  const ann = await room.connect({ visitor: "ann" });
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 10 * SECOND) {
      room.ping(ann);
      await live(room, shown, Math.min(left, 10 * SECOND));
    }
  };
  await pass(SECOND);
  return { room, shown, ann, pass };
};

const gapsOf = (calls: ShownStreams["calls"]): readonly number[] =>
  calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));

test("however many join, it is one call a second, the first at once and the last with the last number", async () => {
  const { room, shown } = roomWithReadModel();
  await live(room, shown, 30 * SECOND);
  const before = shown.calls.length;
  const from = room.now;
  for (let i = 0; i < 200; i += 1) {
    await room.connect({ visitor: `v${i}` });
    await live(room, shown, 25);
  }
  await live(room, shown, SECOND);
  const calls = shown.calls.slice(before);
  expect(calls[0]).toMatchObject({ at: from, viewers: 1 });
  expect(calls.length).toBeLessThanOrEqual(7);
  expect(Math.min(...gapsOf(calls))).toBeGreaterThanOrEqual(SECOND);
  expect(shown.row).toMatchObject({ viewers: 200, peak: 200, total: 200, recent: 200 });
  expect(room.problems).toEqual([]);
});

test("a number that stands is repeated within 20 s, with who came lately as it then is; whose passing alone is no news", async () => {
  const { room, shown, pass } = await watched();
  await pass(10 * MINUTE);
  expect(Math.max(...gapsOf(shown.calls))).toBeLessThan(LIVE_PUBLISH_MAX_MS);
  expect(shown.calls.length).toBeLessThan(600 / 14);
  expect(shown.calls.map(({ recent }) => recent)).toContain(1);
  expect(shown.row).toMatchObject({ viewers: 1, recent: 0, asOf: shown.calls.at(-1)?.at });
  expect(room.problems).toEqual([]);
});

test("of nobody it is told once, and then the room sleeps", async () => {
  const { room, shown, ann, pass } = await watched();
  await pass(MINUTE);
  room.leave(ann);
  await live(room, shown, 10 * MINUTE);
  const told = shown.calls.length;
  expect(shown.row).toMatchObject({ status: "live", viewers: 0, peak: 1 });
  await live(room, shown, 11 * HOUR);
  room.evict();
  room.numbers();
  await live(room, shown, 10 * MINUTE);
  expect(shown.calls).toHaveLength(told);
});

test("once it is told that nobody is there, the alarm is for what it would be for without a read model", async () => {
  const alarms: (readonly (number | undefined)[])[] = [];
  const { room, shown } = roomWithReadModel();
  for (const each of [room, opened()]) {
    const ann = await each.connect({ visitor: "ann" });
    await live(each, shown, 30 * SECOND);
    each.leave(ann);
    await live(each, shown, SECOND);
    expect(shown.row?.viewers).toBe(0);
    const seen = [each.disk.alarm];
    for (let minute = 0; minute < 10; minute += 1) {
      await live(each, shown, MINUTE);
      seen.push(each.disk.alarm);
    }
    alarms.push(seen);
  }
  expect(alarms[0]).toEqual(alarms[1]);
});

test("a held number is told as held, with its status, and then the right one", async () => {
  const { room, shown } = roomWithReadModel();
  const clients = [];
  for (let i = 0; i < 100; i += 1) {
    const client = await room.connect({ visitor: `v${i}` });
    client.onBeat = () => room.ping(client);
    clients.push(client);
  }
  await live(room, shown, 5 * SECOND);
  const lost = new Set(clients.slice(0, 50));
  room.sockets = room.sockets.filter((socket) => !lost.has(socket));
  for (let second = 0; second < 150; second += 1) {
    for (const client of clients) room.ping(client);
    await live(room, shown, SECOND);
  }
  const syncing = shown.calls.filter(({ status }) => status === "syncing");
  expect(new Set(syncing.map(({ viewers }) => viewers))).toEqual(new Set([100]));
  expect(shown.row).toMatchObject({ status: "live", viewers: 50 });
});

test("an end is told until it is taken, within the hour, and once", async () => {
  const { room, shown, pass } = await watched();
  await pass(MINUTE);
  shown.mood = "failing";
  room.room.end();
  await live(room, shown, 50 * MINUTE);
  room.evict();
  expect(shown.row?.status).toBe("live");
  shown.mood = "fine";
  await live(room, shown, LIVE_PUBLISH_MAX_MS);
  expect(shown.row).toMatchObject({ status: "ended", viewers: 0, peak: 1, total: 1 });
  const told = shown.calls.length;
  await live(room, shown, 9 * HOUR);
  expect(shown.calls).toHaveLength(told);
});

test.each([
  ["an end", (room: RoomHarness) => void room.room.end()],
  [
    "that nobody is there",
    (room: RoomHarness) => {
      for (const socket of [...room.sockets]) room.leave(socket);
    },
  ],
])("%s that could not be told for an hour wakes nobody any more", async (_, happen) => {
  const { room, shown, pass } = await watched();
  await pass(MINUTE);
  shown.mood = "failing";
  happen(room);
  await live(room, shown, 2 * HOUR);
  const tried = shown.calls.length;
  for (let hour = 0; hour < 6; hour += 1) {
    await live(room, shown, HOUR);
    room.evict();
    room.numbers();
  }
  expect(shown.calls).toHaveLength(tried);
  shown.mood = "fine";
  room.room.end();
  room.open();
  await room.connect({ visitor: "bob" });
  await live(room, shown, LIVE_PUBLISH_MAX_MS);
  expect(shown.row).toMatchObject({ status: "live", viewers: 1 });
});

test("a read model that fails costs a call a back-off and a line in the log, however often the room sleeps meanwhile", async () => {
  const { room, shown, ann, pass } = await watched();
  shown.mood = "failing";
  const before = shown.calls.length;
  await room.connect({ visitor: "bob" });
  for (let i = 0; i < 60; i += 1) {
    await pass(10 * SECOND);
    room.evict();
  }
  const calls = shown.calls.slice(before);
  expect(gapsOf(calls).slice(0, 3)).toEqual([3 * SECOND, 5 * SECOND, 9 * SECOND]);
  expect(Math.min(...gapsOf(calls).slice(3))).toBeGreaterThanOrEqual(16 * SECOND);
  expect(Math.max(...gapsOf(calls))).toBeLessThan(LIVE_PUBLISH_MAX_MS);
  expect(room.problems).toEqual(["room.read-model-failed"]);
  shown.mood = "fine";
  await pass(20 * SECOND);
  expect(shown.row?.viewers).toBe(room.numbers().viewers);
  shown.mood = "failing";
  room.leave(ann);
  await live(room, shown, MINUTE);
  expect(room.problems).toHaveLength(2);
});

test.each(["failing", "lost", "hung", "silent"] as const)(
  "one that is %s holds up nothing else",
  async (mood) => {
    const told = async (room: RoomHarness, shown?: ShownStreams) => {
      const step = async (ms: number) => {
        for (let passed = 0; passed < ms; passed += 500) {
          room.pass(500);
          shown?.timeOut();
          await settled();
        }
      };
      if (shown !== undefined) shown.mood = mood;
      const witness = await room.connect({ visitor: "witness", role: "observer" });
      for (let i = 0; i < 20; i += 1) {
        await room.connect({ visitor: `v${i}` });
        await step(SECOND);
      }
      room.room.end();
      await step(20 * SECOND);
      return {
        pushes: witness.texts,
        list: room.published.map(({ stamp: _, ...entry }) => entry),
        sessions: room.disk.read("SELECT visitor, started_at, ended_at FROM sessions"),
        problems: room.problems.filter((problem) => problem !== "room.read-model-failed"),
        calls: shown?.calls.length ?? 0,
      };
    };
    const { room: other, shown } = roomWithReadModel();
    const { calls, ...disturbed } = await told(other, shown);
    const { calls: _, ...undisturbed } = await told(opened());
    expect(disturbed).toEqual(undisturbed);
    expect(disturbed.pushes.length).toBeGreaterThan(20);
    expect(calls).toBeGreaterThan(3);
    expect(calls).toBeLessThan(10);
  },
);

test("while a call is under way there is no other, and the alarm stands for its never being answered", async () => {
  const { room, shown } = roomWithReadModel();
  await live(room, shown, 5 * SECOND);
  shown.mood = "silent";
  const from = room.now;
  const ann = await room.connect({ visitor: "ann" });
  await live(room, shown, 5 * SECOND);
  room.leave(ann);
  await live(room, shown, 500);
  expect(shown.since(from)).toHaveLength(1);
  shown.mood = "fine";
  await live(room, shown, SECOND);
  expect(shown.since(from)).toHaveLength(2);
  expect(shown.row?.viewers).toBe(0);
});

test("what was sent and not acknowledged is told again by the next instance, also where the number is back at what was", async () => {
  const { room, shown } = roomWithReadModel();
  const ann = await room.connect({ visitor: "ann" });
  await live(room, shown, 2 * SECOND);
  room.leave(ann);
  await live(room, shown, 30 * SECOND);
  shown.mood = "silent";
  const again = await room.connect({ visitor: "ann" });
  await live(room, shown, SECOND);
  expect(shown.row?.viewers).toBe(1);
  room.leave(again);
  await live(room, shown, 2 * SECOND);
  // The list is told by now; nobody else has anything to do for long.
  room.evict();
  shown.mood = "fine";
  await live(room, shown, LIVE_PUBLISH_MAX_MS);
  expect(shown.row).toMatchObject({ viewers: 0 });
});

test("one that lost everything has it again within 20 s of a room with viewers, and a room without says nothing", async () => {
  const { room, shown, ann, pass } = await watched();
  await pass(MINUTE);
  shown.lose();
  await pass(LIVE_PUBLISH_MAX_MS);
  expect(shown.row).toMatchObject({ viewers: 1, broadcaster: "b", category: null });
  room.leave(ann);
  await live(room, shown, MINUTE);
  shown.lose();
  await live(room, shown, HOUR);
  expect(shown.row).toBeUndefined();
});

test("a stamp above the room's is risen above, and told again once, also by the next instance", async () => {
  for (const evicts of [false, true]) {
    const { room, shown, pass } = await watched();
    await pass(30 * SECOND);
    const foreign = shown.overwrite(7_000, HOUR);
    const before = shown.calls.length;
    for (let left = 25; left > 0; left -= 1) {
      await pass(SECOND);
      if (evicts && shown.calls.length > before) break;
    }
    if (evicts) {
      expect(shown.calls).toHaveLength(before + 1);
      room.evict();
      await pass(2 * SECOND);
    }
    expect(shown.calls.length).toBeLessThanOrEqual(before + 3);
    expect(shown.row).toMatchObject({ viewers: 1 });
    expect((shown.row?.stamp ?? "") > foreign).toBe(true);
    expect(room.numbers().stamp > foreign).toBe(true);
    expect(room.problems).toEqual(["room.stamps-raised"]);
  }
});

test("an end that was refused for a stamp above it is told again", async () => {
  const { room, shown, pass } = await watched();
  await pass(30 * SECOND);
  shown.overwrite(7_000, HOUR);
  room.room.end();
  await live(room, shown, 3 * SECOND);
  expect(shown.row).toMatchObject({ status: "ended", viewers: 0 });
});

test.each([
  ["above the room each time", (shown: ShownStreams) => void shown.overwrite(9, 365 * 24 * HOUR)],
  [
    "with a stamp nobody can rise above",
    (shown: ShownStreams) => {
      if (shown.row !== undefined) shown.row = { ...shown.row, stamp: "~~~" as Stamp };
    },
  ],
])("who writes %s is not raced, and spoken of once", async (_, write) => {
  const { room, shown, pass } = await watched();
  await pass(30 * SECOND);
  const publish = shown.publishStream.bind(shown);
  shown.publishStream = async (numbers) => {
    write(shown);
    return publish(numbers);
  };
  const from = room.now;
  await pass(2 * MINUTE);
  expect(shown.since(from).length).toBeLessThan(11);
  expect(room.problems).toHaveLength(1);
});

test("without a read model there is no trace of one", async () => {
  const room = opened();
  await room.connect({ visitor: "ann" });
  for (let i = 0; i < 30; i += 1) {
    room.pass(SECOND);
    await settled();
  }
  expect(room.disk.read("SELECT audience FROM told").map(({ audience }) => audience)).toEqual([
    "rankings",
    "sockets",
  ]);
  expect(room.disk.read("SELECT * FROM meta WHERE name LIKE 'unanswered%'")).toEqual([]);
});
