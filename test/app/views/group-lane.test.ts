import { beforeEach, describe, expect, test } from "vitest";
import { GroupLane, type GroupOutcome, type Seat } from "../../../src/app/views/group-lane.ts";
import { COLLECT_TIMEOUT_MS, GROUP_MAX_AGE_MS, GROUP_MAX_BYTES } from "../../../src/core/limits.ts";
import { HandTime, settled } from "../../support/hand-time.ts";

interface Call {
  readonly colo: string;
  readonly frames: Uint8Array;
  readonly end: PromiseWithResolvers<void>;
}

let time: HandTime;
let calls: Call[];
let lane: GroupLane;

beforeEach(() => {
  time = new HandTime();
  calls = [];
  const send = (colo: string, frames: Uint8Array): Promise<void> => {
    const end = Promise.withResolvers<void>();
    calls.push({ colo, frames, end });
    return end.promise;
  };
  lane = new GroupLane({ clock: time, timers: time, send });
});

interface Rider {
  readonly carries: boolean;
  outcome: GroupOutcome | "waiting";
}

/** Takes a seat; the carrier's work goes on unless it is dead. */
const ride = (frame: number, carrier: "alive" | "dead" = "alive", bytes = 1): Rider => {
  const seat: Seat = lane.join("FRA", new Uint8Array(bytes).fill(frame));
  const rider: Rider = { carries: seat.carry !== undefined, outcome: "waiting" };
  void seat.outcome.then((outcome) => {
    rider.outcome = outcome;
  });
  if (carrier === "alive") void seat.carry?.();
  return rider;
};

const sent = (): readonly (readonly number[])[] => calls.map(({ frames }) => [...frames]);

const end = async (call: number): Promise<void> => {
  calls[call]?.end.resolve();
  await settled();
};

test("a request that finds the lane idle is sent at once, to its colo", async () => {
  const rider = ride(1);
  await settled();
  expect(sent()).toEqual([[1]]);
  expect(calls[0]?.colo).toBe("FRA");
  expect(rider).toEqual({ carries: true, outcome: "waiting" });
  await end(0);
  expect(rider.outcome).toBe("committed");
  expect(time.running).toBe(0);
});

test("what arrives behind a call goes together, in order, once the call has ended", async () => {
  ride(1);
  await settled();
  const riders = [ride(2), ride(3), ride(4)];
  await settled();
  expect(sent()).toEqual([[1]]);
  expect(riders.map(({ carries }) => carries)).toEqual([true, false, false]);
  await end(0);
  expect(sent()).toEqual([[1], [2, 3, 4]]);
  await end(1);
  expect(riders.map(({ outcome }) => outcome)).toEqual(["committed", "committed", "committed"]);
});

test("nobody joins a group that was sent", async () => {
  const first = ride(1);
  await settled();
  expect(ride(2).carries).toBe(true);
  await end(0);
  expect(first.outcome).toBe("committed");
  expect(sent()).toEqual([[1], [2]]);
});

test("nobody joins a group that is full, and both go, one after the other", async () => {
  ride(1);
  await settled();
  const full = ride(2, "alive", GROUP_MAX_BYTES);
  const next = ride(3);
  expect([full.carries, next.carries]).toEqual([true, true]);
  await end(0);
  expect(calls).toHaveLength(2);
  await end(1);
  expect(calls).toHaveLength(3);
  await end(2);
  expect([full.outcome, next.outcome]).toEqual(["committed", "committed"]);
  expect(sent()[2]).toEqual([3]);
});

describe("a group whose carrier died", () => {
  test("is joined while it is young", () => {
    ride(1, "dead");
    expect(ride(2).carries).toBe(false);
  });

  test("is taken over by the next request once it is old, with everything in it", async () => {
    const left = [ride(1, "dead"), ride(2)];
    await time.pass(GROUP_MAX_AGE_MS + 1);
    const next = ride(3);
    expect(next.carries).toBe(true);
    await settled();
    expect(sent()).toEqual([[1, 2, 3]]);
    await end(0);
    for (const { outcome } of [...left, next]) expect(outcome).toBe("committed");
  });

  test("is sent once, should its carrier come to life again", async () => {
    const seat = lane.join("FRA", Uint8Array.of(1));
    await time.pass(GROUP_MAX_AGE_MS + 1);
    ride(2);
    await settled();
    void seat.carry?.();
    await settled();
    await end(0);
    expect(sent()).toEqual([[1, 2]]);
  });

  test("can be taken over again when the one who took it over dies too", async () => {
    ride(1, "dead");
    await time.pass(GROUP_MAX_AGE_MS + 1);
    ride(2, "dead");
    await time.pass(GROUP_MAX_AGE_MS + 1);
    ride(3);
    await settled();
    expect(sent()).toEqual([[1, 2, 3]]);
  });
});

describe("a call that does not end", () => {
  test("is waited for until its time is up and no longer", async () => {
    const stuck = ride(1);
    await settled();
    await time.pass(1_000);
    const behind = ride(2);
    await time.pass(COLLECT_TIMEOUT_MS - 1_001);
    expect(calls).toHaveLength(1);
    await time.pass(1);
    expect(sent()).toEqual([[1], [2]]);
    await end(1);
    expect([stuck.outcome, behind.outcome]).toEqual(["waiting", "committed"]);
    ride(3);
    await settled();
    expect(sent()[2]).toEqual([3]);
  });

  test("and then does answers its own, and frees no lane that another call holds", async () => {
    const stuck = ride(1);
    await settled();
    ride(2);
    await time.pass(COLLECT_TIMEOUT_MS);
    ride(3);
    await end(0);
    expect(stuck.outcome).toBe("committed");
    expect(sent()).toEqual([[1], [2]]);
    await end(1);
    expect(sent()).toEqual([[1], [2], [3]]);
  });
});

test("a call that fails tells every seat, and holds up nobody", async () => {
  ride(1);
  await settled();
  const riders = [ride(2), ride(3)];
  await end(0);
  calls[1]?.end.reject(new Error("gone"));
  await settled();
  expect(riders.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
  const next = ride(4);
  await settled();
  await end(2);
  expect(next.outcome).toBe("committed");
});

test("who leaves is told nothing more, and what it sent goes on with the others", async () => {
  ride(1);
  await settled();
  const seat = lane.join("FRA", Uint8Array.of(2));
  let told = false;
  void seat.outcome.then(() => {
    told = true;
  });
  void seat.carry?.();
  const stays = ride(3);
  seat.leave();
  await end(0);
  await end(1);
  expect(sent()).toEqual([[1], [2, 3]]);
  expect(stays.outcome).toBe("committed");
  expect(told).toBe(false);
});
