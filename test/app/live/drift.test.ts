import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/app/live/reconcile-record.ts";
import { Reconciler } from "../../../src/app/live/reconciler.ts";
import { type People, SecondCount } from "../../../src/app/live/second-count.ts";
import { DriftWorld, INJECTIONS, SECOND_MS } from "../../support/drift-world.ts";

const { inject: hideSockets } = INJECTIONS["sockets removed behind the room's back"];
const { inject: loseViewers } = INJECTIONS["viewers lost whose sockets are open"];
const { inject: hideLeaves } = INJECTIONS["leaves nobody reports"];

const VIEWERS = 1_000;

const TIERS = [
  [30, "silent"],
  [100, "batches"],
  [200, "hold"],
  [400, "census"],
] as const;

const cases = Object.entries(INJECTIONS).flatMap(([how, { inject }]) =>
  TIERS.map(([count, tier]) => ({ how, inject, count, tier })),
);

describe("drift is found within 75 s, put right and recorded", () => {
  test.each(cases)("$how: $count of 1,000 is $tier", async ({ inject, count, tier }) => {
    const world = await DriftWorld.with(VIEWERS);
    // Silence would find some of it after 50 s: the look is before that.
    await world.pass(42);
    const truth = VIEWERS + inject(world, count);
    const wrong = world.viewers;
    const injectedAt = world.room.now;
    await world.until(110, () => world.room.records().length > 0);
    const [record] = world.room.records();
    expect(record).toMatchObject({
      job: "reconcile",
      stream: "launch",
      source: "viewers",
      tier,
      rows: count,
      before: wrong,
      after: truth,
      failures: 0,
      statements: 0,
    });
    const foundAt = Number(record?.startedAt) + 10_000;
    expect(foundAt - injectedAt).toBeLessThanOrEqual(75_000);
    await world.pass(2);
    expect(world.viewers).toBe(truth);
    expect(world.clients.at(-1)?.counts.at(-1)?.viewers).toBe(truth);
    await world.pass(150);
    expect(world.room.records()).toHaveLength(1);
    expect(world.viewers).toBe(truth);
  });
});

test.each(Object.entries(INJECTIONS))(
  "in a room of three, %s is put right within 75 s and not recorded",
  async (_, { inject }) => {
    const world = await DriftWorld.with(3);
    await world.pass(42);
    const truth = 3 + inject(world, 1);
    await world.pass(75);
    expect(world.viewers).toBe(truth);
    expect(world.room.records()).toEqual([]);
    expect(world.clients.at(-1)?.statuses).toEqual(["live"]);
  },
);

test("leaves nobody reports are out of the number within 60 s, whatever the phase of the look", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 65 }),
      fc.constantFrom(1, 6, 12, 25, 40),
      async (phase, count) => {
        const world = await DriftWorld.with(60);
        await world.pass(phase);
        hideLeaves(world, count);
        await world.pass(60);
        expect(world.viewers).toBe(60 - count);
        expect(world.room.numbers().status).toBe("live");
      },
    ),
    { numRuns: 40 },
  );
});

/** A world whose number is held: a quarter of it is gone. */
const heldWorld = async (): Promise<DriftWorld> => {
  const world = await DriftWorld.with(100);
  await world.pass(42);
  hideSockets(world, 25);
  await world.until(75, () => world.room.numbers().status === "syncing");
  return world;
};

test("while the number is held sockets hear syncing and then live, and no number moves", async () => {
  const world = await heldWorld();
  const witness = world.clients.at(-1);
  const counts = witness?.counts.length;
  expect(witness?.statuses).toEqual(["live", "syncing"]);
  const late = await world.enter("late");
  expect(late.received.slice(0, 2)).toMatchObject([
    { type: "status", status: "syncing" },
    { type: "count", viewers: 100, peak: 100, total: 100 },
  ]);
  await world.pass(5);
  expect(world.room.numbers()).toMatchObject({ viewers: 100, status: "syncing" });
  expect(await world.room.heartbeat({ visitor: "late" })).toMatchObject({
    outcome: "counted",
    viewers: 100,
    status: "syncing",
  });
  expect(witness?.counts).toHaveLength(counts ?? 0);
  expect(world.room.published.at(-1)).toMatchObject({ viewers: 100, status: "syncing" });
  await world.until(10, () => world.room.numbers().status === "live");
  await world.pass(2);
  expect(witness?.statuses).toEqual(["live", "syncing", "live"]);
  expect(witness?.counts).toHaveLength((counts ?? 0) + 1);
  expect(late.counts.at(-1)).toMatchObject({ viewers: 76, peak: 100, total: 101 });
  expect(world.room.published.at(-1)).toMatchObject({ viewers: 76, status: "live" });
});

test("an instance that wakes while the number is held holds it on, and counts", async () => {
  const world = await heldWorld();
  await world.pass(4);
  world.room.evict();
  expect(world.room.numbers()).toMatchObject({ viewers: 100, status: "syncing" });
  await world.until(10, () => world.room.numbers().status === "live");
  expect(world.viewers).toBe(75);
  expect(world.room.records()).toMatchObject([{ tier: "hold", before: 100, after: 75, rows: 25 }]);
  expect(world.clients.at(-1)?.statuses).toEqual(["live", "syncing", "live"]);
});

test("batches that died with their instance are put right by the next one, and recorded", async () => {
  const world = await DriftWorld.with(100);
  await world.pass(42);
  hideSockets(world, 10);
  await world.until(75, () => world.viewers < 100);
  world.room.evict();
  await world.pass(2);
  expect(world.viewers).toBe(90);
  expect(world.room.records()).toMatchObject([{ tier: "batches", before: 100, after: 90 }]);
  // Once the database has a record it has left the room.
  expect(world.room.disk.read("SELECT * FROM records")).toEqual([]);
});

test("batches move the number bit by bit: a tenth of the difference each second", async () => {
  const world = await DriftWorld.with(1_000);
  await world.pass(42);
  loseViewers(world, 100);
  await world.until(75, () => world.viewers > 900);
  const seen: number[] = [];
  await world.pass(9, () => seen.push(world.viewers));
  expect(seen).toEqual([920, 930, 940, 950, 960, 970, 980, 990, 1_000]);
});

test("a number is held for 60 s at the most, and then is what was counted, also when the alarm is late", async () => {
  for (const late of [false, true]) {
    const world = await heldWorld();
    const heldAt = world.room.now;
    // Every look finds more that is wrong.
    for (let i = 0; i < 5; i += 1) {
      await world.pass(9);
      hideSockets(world, 8);
      await world.pass(1);
    }
    if (late) world.room.now = heldAt + 60 * SECOND_MS;
    else await world.until(60, () => world.room.numbers().status === "live");
    const { status, viewers } = world.room.numbers();
    expect(status).toBe("live");
    expect(world.room.now - heldAt).toBeLessThanOrEqual(60 * SECOND_MS);
    expect(viewers).toBe(world.room.sockets.length);
    await world.pass(1);
    expect(world.room.records()).toMatchObject([{ tier: "hold", before: 100, after: viewers }]);
  }
});

test("a census counts only those who answer, and the row in the database is written anew", async () => {
  const world = await DriftWorld.with(100);
  await world.room.heartbeat({ visitor: "without a socket" });
  await world.pass(42);
  await world.room.heartbeat({ visitor: "without a socket" });
  hideSockets(world, 40);
  const mute = world.clients.at(-1);
  if (mute !== undefined) mute.onBeat = () => undefined;
  await world.until(90, () => world.room.records().length > 0);
  expect(world.viewers).toBe(60);
  expect(mute?.closed).toBe(4007);
  expect(world.room.records()).toMatchObject([
    { tier: "census", before: 101, after: 60, rows: 40 },
  ]);
  const rows = [...world.room.database.current.values()];
  expect(rows).toMatchObject([
    { stream: "launch", viewers: 60, status: "live", broadcaster: "b", peak: 101 },
  ]);
  expect(world.room.published.some(({ stamp }) => stamp === rows[0]?.stamp)).toBe(false);
});

test("an end while the number is held is the end, and is recorded", async () => {
  const world = await heldWorld();
  world.room.room.end();
  expect(world.room.numbers()).toMatchObject({ viewers: 0, status: "ended" });
  expect(world.clients.at(-1)?.statuses).toEqual(["live", "syncing", "ended"]);
  world.room.evict();
  expect(world.room.numbers().status).toBe("ended");
  await world.pass(1);
  expect(world.room.records()).toHaveLength(1);
  world.room.open();
  expect(world.room.numbers()).toMatchObject({ viewers: 0, status: "live" });
});

test("viewers who come and go, a tenth of them a minute or half of them between two looks, are no drift", async () => {
  const world = await DriftWorld.with(200);
  let newest = 0;
  const swap = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      const [leaver] = world.some(1);
      if (leaver !== undefined) world.room.leave(leaver);
      newest += 1;
      await world.enter(`new${newest}`);
    }
  };
  let second = 0;
  await world.pass(600, async () => {
    second += 1;
    if (second % 3 === 0) await swap(1);
    if (second % 61 === 0) await swap(100);
    if (second % 7 === 0) expect(world.room.room.reconcile()).toMatchObject({ outcome: "even" });
  });
  expect(world.viewers).toBe(200);
  expect(world.room.records()).toEqual([]);
  expect(world.room.problems.filter((event) => event === "room.drift")).toEqual([]);
});

test("who asks hears what was counted, and what is wrong is put right without waiting for the next look", async () => {
  const world = await DriftWorld.with(100);
  const { room } = world.room;
  expect(room.reconcile()).toEqual({ outcome: "even", shown: 100, counted: 100 });
  hideSockets(world, 20);
  expect(room.reconcile()).toEqual({ outcome: "uneven", shown: 100, counted: 80 });
  expect(room.reconcile()).toEqual({ outcome: "uneven", shown: 100, counted: 80 });
  await world.pass(11);
  expect(room.reconcile()).toEqual({ outcome: "held", shown: 100, counted: 80 });
  await world.pass(10);
  expect(room.reconcile()).toEqual({ outcome: "even", shown: 80, counted: 80 });
  room.end();
  expect(room.reconcile()).toEqual({ outcome: "ended" });
  expect(new DriftWorld().room.room.reconcile()).toMatchObject({ outcome: "even", shown: 0 });
});

test("heartbeats are evidence as the disk has them: a lost row is a ghost, one the set forgot comes back", async () => {
  const world = await DriftWorld.with(0);
  const beat = async () => {
    for (let i = 0; i < 20; i += 1) await world.room.heartbeat({ visitor: `lease${i}` });
  };
  await beat();
  await world.pass(2);
  world.room.room.reconcile();
  await world.pass(25);
  await beat();
  await world.pass(2);
  expect(world.room.room.reconcile()).toMatchObject({ outcome: "even", shown: 20 });
  world.room.disk.read("DELETE FROM leases WHERE visitor IN (SELECT visitor FROM leases LIMIT 10)");
  expect(world.room.room.reconcile()).toMatchObject({ outcome: "uneven", counted: 10 });
  await world.until(25, () => world.room.records().length > 0);
  expect(world.room.numbers().viewers).toBe(10);
});

test("nobody there, nothing to look for: no alarm is set for it", () => {
  const count = new SecondCount(nobody, () => []);
  const store = { correction: () => undefined, saveCorrection: () => undefined };
  const deps = { store, count, tell: never, beat: never, finished: never };
  const reconciler = new Reconciler(deps, 0);
  expect([reconciler.dueAt(false), reconciler.dueAt(true)]).toEqual([null, 60_000]);
});

test("a set that sums up wrongly what it rightly holds is drift like any other", () => {
  let wrong = 20;
  const shown = Array.from({ length: 100 }, (_, i) => ({
    id: `c${i}`,
    kind: "socket" as const,
    role: "viewer" as const,
    visitor: `v${i}`,
    network: "n",
    openedAt: 60_000,
    lastSeen: 60_000,
  }));
  const people: People = {
    get numbers() {
      return { viewers: 100 + wrong, peak: 120, total: 120, uniqueToday: 120 };
    },
    connections: () => shown,
    join: never,
    leave: never,
    recount() {
      wrong = 0;
    },
  };
  const store = { correction: () => undefined, saveCorrection: () => undefined };
  const found: Finding[] = [];
  const told: string[] = [];
  const reconciler = new Reconciler(
    {
      store,
      count: new SecondCount(people, () => shown),
      tell: (status) => void told.push(status),
      beat: never,
      finished: (finding) => void found.push(finding),
    },
    0,
  );
  for (const at of [60_000, 70_000, 80_000]) reconciler.step(at);
  expect(told).toEqual(["syncing", "live"]);
  expect(found).toMatchObject([{ tier: "hold", before: 120, after: 100, corrected: 20 }]);
});

const never = (): never => {
  throw new Error("not to be called");
};

const nobody: People = {
  numbers: { viewers: 0, peak: 0, total: 0, uniqueToday: 0 },
  connections: () => [],
  join: never,
  leave: never,
  recount: () => undefined,
};
