import fc from "fast-check";
import { expect, test } from "vitest";
import { LIVE_WINDOW_MS } from "../../../src/core/limits.ts";
import type { ViewerSession } from "../../../src/ports/database.ts";
import { settled } from "../../support/hand-time.ts";
import { LastingOracle } from "../../support/lasting-oracle.ts";
import { MemoryList } from "../../support/memory-list.ts";
import { type FakeSocket, RoomHarness, STREAM } from "../../support/room-harness.ts";

const MINUTE = 60_000;
/** Clocks go back from 3:00 to 2:00 on 25 October 2026, whose reporting day has 25 hours, and is over at 23:00 UTC. */
const ZONE = "Europe/Berlin";
const MIDNIGHTS = [
  Date.UTC(2026, 9, 24, 22),
  Date.UTC(2026, 9, 25, 23),
  Date.UTC(2027, 2, 27, 23),
  Date.UTC(2027, 2, 28, 22),
];

const visitors = fc.constantFrom("ann", "bob", "cid", "dan", "eve");
const steps = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("connect" as const), visitor: visitors }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("heartbeat" as const), visitor: visitors }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("leave" as const), which: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pingAll" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("pass" as const, "late" as const),
      ms: fc.integer({ min: 0, max: 45_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("watch" as const),
      ms: fc.integer({ min: 0, max: 20 * MINUTE }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sleepLong" as const), hours: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("hibernate" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("start" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("flush" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("trouble" as const),
      database: fc.constantFrom("done" as const, "refused" as const, "done, answer lost" as const),
      list: fc.boolean(),
    }),
  },
);

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** A room, the list and the database it fills, and the oracle that sees what happens. */
class World {
  readonly room = new RoomHarness();
  readonly list = new MemoryList(this.room.database);
  readonly oracle: LastingOracle;
  #tabs: { readonly socket: FakeSocket; readonly key: string }[] = [];
  #names = 0;
  #live = true;

  constructor(startedAt: number) {
    const { room } = this;
    room.timeZone = ZONE;
    room.now = startedAt;
    room.list = this.list;
    room.evict();
    room.open();
    this.oracle = new LastingOracle(ZONE, startedAt);
  }

  async act(step: Step): Promise<void> {
    const { room, oracle } = this;
    this.#tick();
    switch (step.do) {
      case "connect": {
        if (!this.#live) return;
        const socket = await room.connect({ visitor: step.visitor });
        this.#names += 1;
        const key = `tab-${this.#names}`;
        this.#tabs.push({ socket, key });
        oracle.heard(key, step.visitor, room.now);
        for (const tab of this.#tabs.filter(({ socket }) => socket.closed === 4000)) {
          oracle.left(tab.key, room.now);
        }
        return this.#forgetClosed();
      }
      case "heartbeat":
        if (!this.#live) return;
        await room.heartbeat({ visitor: step.visitor });
        return oracle.heard(`lease-${step.visitor}`, step.visitor, room.now);
      case "leave": {
        const [tab] = this.#tabs.splice(step.which % Math.max(1, this.#tabs.length), 1);
        if (tab === undefined) return;
        room.leave(tab.socket);
        return oracle.left(tab.key, room.now);
      }
      case "pingAll":
        return this.#pingAll();
      case "pass":
        return this.#pass(step.ms);
      case "late":
        room.now += step.ms;
        room.numbers();
        return this.#forgetClosed();
      case "watch":
        for (let left = step.ms; left > 0; left -= 20_000) {
          this.#pingAll();
          await this.#pass(Math.min(20_000, left));
        }
        return;
      case "sleepLong":
        return this.#pass(step.hours * 60 * MINUTE);
      case "hibernate":
        await this.#pass(1_000);
        return room.evict("hibernate");
      case "drop": {
        await this.#pass(1_000);
        const aliveAt = Number(
          room.disk.read("SELECT value FROM meta WHERE name = 'alive_at'")[0]?.value,
        );
        // Of those whose sockets are gone, nobody knows more than what the room last said.
        for (const { key } of this.#tabs) oracle.lost(key, aliveAt);
        this.#tabs = [];
        return room.evict("drop");
      }
      case "end":
        if (!this.#live) return;
        room.room.end();
        this.#live = false;
        this.#tabs = [];
        return oracle.end(room.now);
      case "start":
        if (this.#live) return;
        room.open();
        this.#live = true;
        return oracle.start(room.now);
      case "flush":
        return this.list.flush().catch(() => undefined);
      case "trouble":
        room.database.fate = () => step.database;
        room.rankingsFail = step.list;
        return;
    }
  }

  /** The stream ends, everything works again, and the flush comes every five minutes. */
  async finish(): Promise<void> {
    const { room, oracle } = this;
    this.#tick();
    if (this.#live) {
      room.room.end();
      oracle.end(room.now);
    }
    room.database.fate = () => "done";
    room.rankingsFail = false;
    for (let minute = 0; minute < 180; minute += 5) {
      await this.#pass(5 * MINUTE);
      await this.list.flush();
    }
  }

  /** No two things happen in one millisecond, a window's end included: the oracle knows times and not their order. */
  #tick(): void {
    this.room.now += this.room.now % LIVE_WINDOW_MS === LIVE_WINDOW_MS - 1 ? 2 : 1;
  }

  /** Alarm by alarm, so that what is answered is known before the next one. */
  async #pass(ms: number): Promise<void> {
    const until = this.room.now + ms;
    for (;;) {
      const at = this.room.disk.alarm ?? Number.POSITIVE_INFINITY;
      this.room.pass(Math.min(until, Math.max(at, this.room.now)) - this.room.now);
      await settled();
      if (this.room.now >= until) break;
    }
    this.#forgetClosed();
  }

  #pingAll(): void {
    for (const { socket, key } of this.#tabs) {
      this.room.ping(socket);
      this.oracle.heardAgain(key, this.room.now);
    }
  }

  #forgetClosed(): void {
    this.#tabs = this.#tabs.filter(({ socket }) => socket.closed === undefined);
  }
}

test("whatever happens, samples, days and sessions in the database are what counting all anew says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { maxLength: 60 }),
      fc.constantFrom(...MIDNIGHTS),
      fc.integer({ min: 0, max: 20 * MINUTE }),
      async (history, midnight, before) => {
        const world = new World(midnight - before);
        for (const step of history) await world.act(step);
        await world.finish();
        const { room, oracle } = world;
        const { database } = room;
        expect(strip([...database.samples.values()])).toEqual(oracle.samples());
        expect(strip([...database.days.values()])).toEqual(oracle.days());
        expect(sessionsOf([...database.sessions.values()])).toEqual(oracle.sessions());
        // All of it has left the room, which sleeps until its salt has to go.
        for (const table of ["samples", "sessions", "records"]) {
          expect(room.disk.read(`SELECT * FROM ${table}`)).toEqual([]);
        }
        expect(room.disk.alarm ?? Number.POSITIVE_INFINITY).toBeGreaterThan(room.now + 20 * MINUTE);
        const current = database.current.get(STREAM);
        expect(current).toMatchObject({ status: "ended", viewers: 0, peak: oracle.peak() });
        expect(current?.total).toBe(oracle.total());
        expect(JSON.stringify([...database.sessions])).not.toMatch(/ann|bob|cid|dan|eve/);
        const expected = new Set(["room.not-published", "room.sessions-unsaved"]);
        expect(room.problems.filter((event) => !expected.has(event))).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);

const strip = (rows: readonly object[]) =>
  rows
    .map((row) => {
      const { stream: _, broadcaster: __, stamp: ___, ...rest } = row as Record<string, unknown>;
      return rest;
    })
    .sort((a, b) => Number(a.recordedAt ?? a.day) - Number(b.recordedAt ?? b.day));

/** Keys instead of names: as many sessions, with the same times. */
const sessionsOf = (rows: readonly ViewerSession[]) =>
  rows
    .map(({ startedAt, endedAt }) => ({ startedAt, endedAt }))
    .sort((a, b) => a.startedAt - b.startedAt || Number(a.endedAt) - Number(b.endedAt));

const recording = (): { room: RoomHarness; list: MemoryList } => {
  const room = new RoomHarness();
  const list = new MemoryList(room.database);
  room.list = list;
  room.open();
  return { room, list };
};

/** Small steps, so that what was answered is known before the next alarm. */
const live = async (room: RoomHarness, ms: number) => {
  for (let passed = 0; passed < ms; passed += 1_000) {
    room.pass(1_000);
    await settled();
  }
};

test("a spike of one second between two publishes is in the sample, the day and the peak", async () => {
  const { room, list } = recording();
  const first = await room.connect({ visitor: "ann" });
  await live(room, 12_000);
  const spike = [];
  for (let i = 0; i < 20; i += 1) spike.push(await room.connect({ visitor: `v${i}` }));
  room.now += 500;
  for (const socket of spike) room.leave(socket);
  for (let i = 0; i < 20; i += 1) {
    room.ping(first);
    await live(room, 20_000);
  }
  await list.flush();
  expect(room.published.every(({ viewers }) => viewers <= 1)).toBe(true);
  expect([...room.database.samples.values()][0]).toMatchObject({ viewers: 1, peak: 21 });
  expect([...room.database.days.values()][0]).toMatchObject({
    peak: 21,
    uniques: 21,
    sessions: 21,
  });
});

test("an end that could not be saved is told again until it is, and then the room sleeps", async () => {
  const { room, list } = recording();
  await room.connect({ visitor: "ann" });
  await live(room, 10_000);
  room.room.end();
  room.database.fate = () => "refused";
  await live(room, 30 * MINUTE);
  const told = room.published.length;
  await live(room, 14 * MINUTE);
  expect(room.published.length).toBeGreaterThanOrEqual(told + 1);
  expect(room.published.at(-1)).toMatchObject({
    status: "ended",
    samples: [{ viewers: 0, peak: 1 }],
  });
  list.wipe();
  room.database.fate = () => "done";
  await live(room, 8 * MINUTE);
  await list.flush();
  await live(room, 20 * MINUTE);
  const saved = room.published.length;
  expect(room.published.at(-1)?.samples).toEqual([
    { recordedAt: expect.anything(), viewers: 0, peak: 1 },
  ]);
  expect(room.disk.read("SELECT * FROM samples")).toEqual([]);
  room.pass(24 * 60 * MINUTE);
  expect(room.published).toHaveLength(saved);
});

test("an end the list cannot be told is tried for an hour, and then rarely", async () => {
  const { room } = recording();
  await room.connect({ visitor: "ann" });
  await live(room, 10_000);
  room.rankingsFail = true;
  room.room.end();
  const triesIn = async (minutes: number) => {
    const before = room.published.length;
    await live(room, minutes * MINUTE);
    return room.published.length - before;
  };
  expect(await triesIn(59)).toBeGreaterThan(59);
  await triesIn(10);
  expect(await triesIn(60)).toBeLessThanOrEqual(10);
});

test("a list that is back is told at the pace of before", async () => {
  const { room } = recording();
  room.rankingsFail = true;
  await room.connect({ visitor: "ann" });
  await live(room, MINUTE);
  room.rankingsFail = false;
  await live(room, 20_000);
  const before = room.published.length;
  for (let i = 0; i < 6; i += 1) {
    await room.connect({ visitor: `v${i}` });
    await live(room, 7_000);
  }
  expect(room.published.length - before).toBeGreaterThanOrEqual(5);
});

test("a start on the same day goes on with the day and begins the total anew", async () => {
  const { room, list } = recording();
  await room.connect({ visitor: "ann" });
  await room.connect({ visitor: "bob" });
  await live(room, 10_000);
  room.room.end();
  await live(room, 20_000);
  room.evict();
  room.open();
  await room.connect({ visitor: "ann" });
  expect(room.numbers()).toMatchObject({ viewers: 1, peak: 1, total: 1, uniqueToday: 2 });
  await live(room, 2_000);
  room.evict();
  expect(room.numbers()).toMatchObject({ viewers: 1, peak: 1, total: 1, uniqueToday: 2 });
  await live(room, 10_000);
  await list.flush();
  expect([...room.database.days.values()]).toMatchObject([{ peak: 2, uniques: 2, sessions: 3 }]);
});

test("a room of before has its visitors and total still", async () => {
  const { room } = recording();
  await room.connect({ visitor: "ann" });
  await live(room, 2_000);
  room.disk.read(
    "CREATE TABLE uniques (day TEXT NOT NULL, visitor TEXT NOT NULL, PRIMARY KEY (day, visitor))",
  );
  room.disk.read("INSERT INTO uniques SELECT '2026-11-21', visitor FROM visitors");
  room.disk.read("INSERT INTO uniques VALUES ('2026-11-21', 'x'), ('2026-11-20', 'x')");
  for (const table of ["visitors", "account", "days", "samples", "records"]) {
    room.disk.read(`DROP TABLE ${table}`);
  }
  room.evict();
  expect(room.numbers()).toMatchObject({ viewers: 1, total: 3, uniqueToday: 2 });
  await room.connect({ visitor: "ann" });
  await room.connect({ visitor: "bob" });
  expect(room.numbers()).toMatchObject({ viewers: 2, total: 4, uniqueToday: 3 });
  expect(room.disk.read("SELECT name FROM sqlite_master WHERE name = 'uniques'")).toEqual([]);
});

test("those who were in a room of before are in its first sample and day, though the number stands still", async () => {
  const { room } = recording();
  const socket = await room.connect({ visitor: "ann" });
  await live(room, 2_000);
  for (const table of ["account", "days", "samples"]) room.disk.read(`DROP TABLE ${table}`);
  room.evict();
  for (let passed = 0; passed < 6 * MINUTE; passed += 20_000) {
    room.ping(socket);
    await live(room, 20_000);
  }
  expect(room.published.at(-1)?.days).toMatchObject([{ peak: 1 }]);
  expect(room.published.flatMap(({ samples }) => samples)).toContainEqual({
    recordedAt: Date.UTC(2026, 10, 21, 12, 5),
    viewers: 1,
    peak: 1,
  });
});

test("a thousand sessions that ended do not wait, and go a thousand at a time", async () => {
  const { room } = recording();
  for (let i = 0; i < 2_300; i += 1) room.leave(await room.connect({ visitor: `v${i}` }));
  await live(room, 2 * MINUTE + 5_000);
  expect(room.database.sessionCalls).toEqual([1_000, 1_000, 300]);
  expect(room.database.sessions.size).toBe(2_300);
  expect(room.disk.read("SELECT * FROM sessions")).toEqual([]);
});
