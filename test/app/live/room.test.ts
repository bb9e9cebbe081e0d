import { expect, test } from "vitest";
import { LIVE_PUBLISH_MAX_MS, ROOM_SALT_LIFE_MS } from "../../../src/core/limits.ts";
import { CLOSE_CODES, PONG } from "../../../src/protocol/live-messages.ts";
import { settled } from "../../support/hand-time.ts";
import { RoomHarness } from "../../support/room-harness.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;

const opened = (): RoomHarness => {
  const room = new RoomHarness();
  room.open();
  return room;
};

/** Small steps, so that what was published is known before the next alarm. */
const live = async (room: RoomHarness, ms: number, each: () => void = () => undefined) => {
  for (let passed = 0; passed < ms; passed += SECOND) {
    each();
    room.pass(SECOND);
    await settled();
  }
};

test("sockets get one message a second at most, the last number always, and none while nothing changes", async () => {
  const room = opened();
  const witness = await room.connect({ visitor: "witness", role: "observer" });
  room.pass(2 * SECOND);
  const before = witness.counts.length;
  for (let i = 0; i < 50; i += 1) {
    await room.connect({ visitor: `v${i}` });
    room.pass(100);
  }
  room.pass(SECOND);
  expect(witness.counts.at(-1)).toMatchObject({ viewers: 50, peak: 50, total: 50 });
  expect(witness.counts.length - before).toBeGreaterThanOrEqual(4);
  expect(witness.counts.length - before).toBeLessThanOrEqual(7);
  const times = witness.counts.slice(1).map(({ at }) => at);
  for (const [index, at] of times.entries()) {
    if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(SECOND);
  }
  const told = witness.counts.length;
  room.pass(20 * SECOND);
  expect(witness.counts).toHaveLength(told);
});

test("a number that changes and changes back before the push stays with nobody", async () => {
  const room = opened();
  await room.connect({ visitor: "ann" });
  const bob = await room.connect({ visitor: "bob" });
  room.leave(bob);
  room.pass(5 * SECOND);
  const again = await room.connect({ visitor: "bob" });
  const observer = await room.connect({ visitor: "cid", role: "observer" });
  expect(observer.counts.at(-1)?.viewers).toBe(2);
  room.leave(again);
  room.evict();
  room.pass(2 * SECOND);
  expect(observer.counts.at(-1)?.viewers).toBe(1);
});

test("a socket that sleeps through a hibernation is told nothing it knows", async () => {
  const room = opened();
  const ann = await room.connect({ visitor: "ann" });
  room.pass(2 * SECOND);
  const told = ann.received.length;
  room.ping(ann);
  room.evict();
  room.pass(10 * SECOND);
  expect(ann.received).toHaveLength(told);
});

test("a silent socket is asked after 30 s, is out after 50 s, and is closed as silent", async () => {
  const room = opened();
  const silent = await room.connect({ visitor: "ann" });
  const alive = await room.connect({ visitor: "bob" });
  room.pass(29 * SECOND);
  expect(silent.beats).toBe(0);
  room.ping(alive);
  room.pass(2 * SECOND);
  expect([silent.beats, alive.beats]).toEqual([1, 0]);
  room.pass(18 * SECOND);
  expect(silent.beats).toBe(2);
  expect(room.numbers().viewers).toBe(2);
  // The alarm is late; the number is right all the same.
  room.now += 2 * SECOND;
  expect(room.numbers().viewers).toBe(1);
  expect(silent.closed).toBe(4007);
  expect(alive.closed).toBeUndefined();
  const [session] = room.disk.read("SELECT * FROM sessions ORDER BY started_at");
  room.pass(SECOND);
  const [ended] = room.disk.read("SELECT * FROM sessions WHERE ended_at IS NOT NULL");
  expect(ended?.ended_at).toBe(session?.started_at);
});

test("the list hears within 20 s for as long as its number is not nought, and once that it is", async () => {
  const room = opened();
  const ann = await room.connect({ visitor: "ann" });
  await live(room, 120 * SECOND, () => room.ping(ann));
  const times = room.published.map(({ tried }) => tried);
  expect(times.length).toBeGreaterThanOrEqual(7);
  for (const [index, at] of times.entries()) {
    const before = times[index - 1];
    if (before === undefined) continue;
    expect(at - before).toBeLessThanOrEqual(LIVE_PUBLISH_MAX_MS);
    expect(at - before).toBeGreaterThanOrEqual(5 * SECOND);
  }
  room.leave(ann);
  await live(room, 10 * SECOND);
  expect(room.published.at(-1)).toMatchObject({ viewers: 0, peak: 1, status: "live" });
  const published = room.published.length;
  await live(room, 120 * SECOND);
  expect(room.published).toHaveLength(published);
  // The sample of the window and the session are left to do, and then the end of the day.
  await live(room, 15 * 60 * SECOND);
  expect(room.published.length).toBeLessThanOrEqual(published + 1);
  expect(room.disk.alarm).toBe(Date.UTC(2026, 10, 22));
});

test("a list that fails costs nothing but log lines, and gets the number later", async () => {
  const room = opened();
  room.rankingsFail = true;
  const ann = await room.connect({ visitor: "ann" });
  await live(room, 60 * SECOND, () => room.ping(ann));
  expect(room.numbers().viewers).toBe(1);
  expect(ann.counts.at(-1)?.viewers).toBe(1);
  expect(new Set(room.problems)).toEqual(new Set(["room.not-published"]));
  room.rankingsFail = false;
  const tried = room.published.length;
  await live(room, 20 * SECOND, () => room.ping(ann));
  expect(room.published.length).toBeGreaterThan(tried);
  await live(room, 10 * SECOND, () => room.ping(ann));
  expect(room.published.length).toBeLessThanOrEqual(tried + 3);
});

test("after a wake every stamp is above all that were published", async () => {
  const room = opened();
  let last = "";
  for (let life = 0; life < 5; life += 1) {
    for (let read = 0; read < 1_500; read += 1) {
      const { stamp } = room.numbers();
      expect(stamp > last).toBe(true);
      last = stamp;
    }
    room.evict();
  }
});

test("the end is published, and 48 h later nobody can tell who was there", async () => {
  const room = opened();
  const ann = await room.connect({ visitor: "ann" });
  await room.heartbeat({ visitor: "bob" });
  await live(room, 10 * SECOND);
  room.room.end();
  const endedAt = room.now;
  expect(ann.closed).toBe(4002);
  await live(room, 10 * SECOND);
  expect(room.published.at(-1)).toMatchObject({ status: "ended", viewers: 0, peak: 2 });
  expect(room.disk.read("SELECT * FROM leases")).toEqual([]);
  expect(room.disk.read("SELECT * FROM sessions WHERE ended_at IS NULL")).toEqual([]);
  await live(room, 10 * 60 * SECOND);
  expect(room.disk.alarm).toBe(endedAt + ROOM_SALT_LIFE_MS);
  const published = room.published.length;
  room.pass(47 * HOUR);
  expect(room.disk.read("SELECT * FROM salt")).toHaveLength(1);
  room.evict();
  room.pass(HOUR + SECOND);
  await settled();
  expect(room.disk.read("SELECT * FROM salt")).toEqual([]);
  expect(room.disk.alarm).toBeUndefined();
  expect(room.published).toHaveLength(published);
  expect((await room.heartbeat({ visitor: "bob" })).outcome).toBe("ended");
});

test("a start after the end begins anew with the same salt, and a repeat of the old start does nothing", async () => {
  const room = opened();
  const startedAt = room.now;
  await room.connect({ visitor: "ann" });
  room.pass(2 * SECOND);
  const [salt] = room.disk.read("SELECT hex(salt) FROM salt");
  expect(room.open(startedAt + 1)).toMatchObject({ viewers: 1, startedAt });
  room.room.end();
  room.pass(SECOND);
  expect(room.open(startedAt)).toMatchObject({ status: "ended", peak: 1, total: 1 });
  expect(room.open()).toMatchObject({ status: "live", viewers: 0, peak: 0, total: 0 });
  expect(room.disk.read("SELECT hex(salt) FROM salt")).toEqual([salt]);
  room.room.end();
  room.pass(49 * HOUR);
  room.open();
  expect(room.disk.read("SELECT hex(salt) FROM salt")).not.toEqual([salt]);
});

test("midnight changes nobody, and those who are there are visitors of the new day too", async () => {
  const room = new RoomHarness();
  room.now = Date.UTC(2026, 10, 21, 23, 59, 50);
  room.open();
  const ann = await room.connect({ visitor: "ann" });
  const bob = await room.connect({ visitor: "bob" });
  expect(room.numbers()).toMatchObject({ viewers: 2, uniqueToday: 2, total: 2 });
  room.leave(bob);
  room.pass(20 * SECOND);
  room.ping(ann);
  expect(room.numbers()).toMatchObject({ viewers: 1, uniqueToday: 1, total: 3 });
  await room.connect({ visitor: "ann" });
  expect(room.numbers()).toMatchObject({ viewers: 1, uniqueToday: 1, total: 3 });
  await room.connect({ visitor: "bob" });
  expect(room.numbers()).toMatchObject({ viewers: 2, uniqueToday: 2, total: 4 });
  room.pass(2 * SECOND);
  room.evict();
  expect(room.numbers()).toMatchObject({ viewers: 2, uniqueToday: 2, total: 4 });
});

test("a session that lost its socket while nobody looked ends at the room's last sign of life", async () => {
  const room = opened();
  const ann = await room.connect({ visitor: "ann" });
  const startedAt = room.now;
  await live(room, 60 * SECOND, () => room.ping(ann));
  room.now += 5 * HOUR;
  room.evict("drop");
  room.pass(2 * SECOND);
  const [session] = room.disk.read("SELECT * FROM sessions");
  expect(Number(session?.ended_at)).toBeGreaterThan(startedAt + 40 * SECOND);
  expect(Number(session?.ended_at)).toBeLessThanOrEqual(startedAt + 60 * SECOND);
});

test("a visitor with a socket and a lease is one viewer, until both are gone", async () => {
  const room = opened();
  const socket = await room.connect({ visitor: "ann" });
  expect(await room.heartbeat({ visitor: "ann" })).toMatchObject({
    outcome: "counted",
    viewers: 1,
  });
  room.leave(socket);
  expect(room.numbers().viewers).toBe(1);
  room.pass(2 * SECOND);
  room.evict("drop");
  expect(room.numbers().viewers).toBe(1);
  room.pass(49 * SECOND);
  expect(room.numbers().viewers).toBe(0);
  expect(room.disk.read("SELECT * FROM sessions")).toHaveLength(1);
});

test("more than one message a second closes the socket as a flood", async () => {
  const room = opened();
  const ann = await room.connect({ visitor: "ann" });
  room.room.message(ann, "ping");
  room.now += SECOND;
  room.room.message(ann, "ping");
  expect(ann.texts.filter((text) => text === PONG)).toHaveLength(2);
  expect(ann.closed).toBeUndefined();
  room.now += SECOND - 1;
  room.room.message(ann, "ping");
  expect(ann.closed).toBe(4003);
  expect(room.numbers().viewers).toBe(0);
});

test("one network has so many connections, and a lease that is there is renewed all the same", async () => {
  const room = opened();
  room.perNetwork = 2;
  room.evict();
  await room.connect({ visitor: "ann", network: "office" });
  await room.heartbeat({ visitor: "bob", network: "office" });
  expect((await room.connect({ visitor: "cid", network: "office" })).closed).toBe(4006);
  expect((await room.heartbeat({ visitor: "bob", network: "office" })).outcome).toBe("counted");
  expect((await room.heartbeat({ visitor: "cid", network: "office" })).outcome).toBe("crowded");
  expect((await room.connect({ visitor: "cid", network: "home" })).closed).toBeUndefined();
});

test("a visitor has four sockets, and a fifth closes the first", async () => {
  const room = opened();
  const sockets = [];
  for (let i = 0; i < 5; i += 1) sockets.push(await room.connect({ visitor: "ann" }));
  const [first, ...others] = sockets.map(({ closed }) => closed);
  expect(first).toBe(CLOSE_CODES.replaced);
  expect(new Set(others)).toEqual(new Set([undefined]));
});

test("a visitor joins so often in a minute, to the millisecond, and a reload loop changes no number for anybody", async () => {
  const room = opened();
  room.joins = { limit: 3, windowMs: 60 * SECOND };
  room.evict();
  const first = room.now;
  const told = [];
  for (let i = 0; i < 3; i += 1) {
    const socket = await room.connect({ visitor: "ann" });
    told.push(socket.closed);
    room.leave(socket);
    room.now += SECOND;
  }
  expect(told).toEqual([undefined, undefined, undefined]);
  const before = room.numbers();
  for (let i = 0; i < 200; i += 1) {
    expect((await room.connect({ visitor: "ann" })).closed).toBe(4006);
  }
  expect(room.numbers()).toMatchObject({ viewers: before.viewers, total: 1, peak: 1 });
  expect((await room.connect({ visitor: "bob" })).closed).toBeUndefined();
  room.now = first + 60 * SECOND - 1;
  expect((await room.connect({ visitor: "ann" })).closed).toBe(4006);
  room.now += 1;
  expect((await room.connect({ visitor: "ann" })).closed).toBeUndefined();
  expect((await room.connect({ visitor: "ann" })).closed).toBe(4006);
});

test("observers are limited as viewers are, and heartbeats of who is there are no joins", async () => {
  const room = opened();
  room.joins = { limit: 2, windowMs: 60 * SECOND };
  room.evict();
  await room.connect({ visitor: "ann", role: "observer" });
  await room.connect({ visitor: "ann" });
  expect((await room.connect({ visitor: "ann", role: "observer" })).closed).toBe(4006);
  for (let i = 0; i < 5; i += 1) {
    expect((await room.heartbeat({ visitor: "ann" })).outcome).toBe("counted");
  }
});

test("a socket whose attachment nobody can read is sent away to come back", async () => {
  const room = opened();
  const ann = await room.connect({ visitor: "ann" });
  ann.kept = { v: 99, id: "a" };
  room.evict();
  expect(ann.closed).toBe(4007);
  expect(room.numbers().viewers).toBe(0);
});

test("a save that fails ends the instance, and no error leaves an event", async () => {
  const room = opened();
  await room.connect({ visitor: "ann" });
  room.disk.failNext("INSERT INTO sessions");
  room.now += SECOND;
  room.ring();
  expect(room.problems).toEqual(["room.alarm-failed"]);
  expect(room.disk.alarm).toBeGreaterThan(room.now);
  room.evict();
  room.pass(2 * SECOND);
  expect(room.numbers().viewers).toBe(1);
  expect(room.disk.read("SELECT * FROM sessions")).toHaveLength(1);
});

test("a start within 48 hours of the end keeps the salt, asleep in between or not, and one after that never takes it up", async () => {
  const room = opened();
  const saltNow = () => room.disk.read("SELECT hex(salt) AS salt FROM salt")[0]?.salt;
  const salt = saltNow();
  room.room.end();
  room.pass(10 * 60 * SECOND);
  room.evict();
  room.pass(47 * HOUR);
  room.open();
  expect(saltNow()).toBe(salt);
  room.pass(HOUR);
  room.room.end();
  // The alarm that should have deleted it has not rung.
  room.now += ROOM_SALT_LIFE_MS;
  room.evict();
  room.open();
  expect(saltNow()).not.toBe(salt);
  expect(saltNow()).toHaveLength(64);
});
