import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { endStream, startStream } from "../../../src/app/live/start-stream.ts";
import type { StreamId } from "../../../src/core/ids.ts";
import { aStream, MemoryRooms, MemoryStreams, stream } from "../../support/live-fakes.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const A = stream("a");

class World {
  now = NOON;
  readonly registry = new MemoryStreams();
  readonly rooms = new MemoryRooms(() => this.now);
  readonly forgotten: StreamId[] = [];

  start(id = A) {
    return startStream(this.#deps(), id);
  }

  end(id = A) {
    return endStream(this.#deps(), id);
  }

  /** As the registry and the room have it. */
  get state() {
    return [this.registry.rows.get(A)?.status, this.rooms.rooms.get(A)?.status];
  }

  /** Each call to registry or room waits for its turn, or fails. */
  before(run: (call: string) => Promise<void>): void {
    this.registry.before = run;
    this.rooms.before = run;
  }

  /** The call with this number, counted from 1, fails; without one, all go well. */
  failAt(failing?: number): void {
    let calls = 0;
    this.before(async () => {
      calls += 1;
      if (calls === failing) throw new Error("away");
    });
  }

  #deps() {
    const { registry, rooms } = this;
    return {
      registry,
      rooms,
      known: { forget: (id: StreamId) => this.forgotten.push(id) },
      clock: { now: () => this.now },
      random: { bytes: (count: number) => new Uint8Array(count), fraction: () => 0 },
      actor: "operator",
    };
  }
}

let world: World;

beforeEach(() => {
  world = new World();
  world.registry.put(aStream(A, { category: "games" }));
});

test("a start makes the stream live and opens its room, with what the room has to know", async () => {
  const started = await world.start();
  expect(started).toMatchObject({
    status: "done",
    stream: { id: A, status: "live", startedAt: NOON },
    numbers: { status: "live", viewers: 0 },
  });
  expect(world.rooms.rooms.get(A)).toMatchObject({ startedAt: NOON });
  expect(world.forgotten).toEqual([A]);
});

test("an end tells the last numbers, and the isolate forgets what it knew", async () => {
  await world.start();
  world.rooms.set(A, { status: "live", viewers: 7, peak: 9, total: 20 });
  world.now += 5;
  expect(await world.end()).toMatchObject({
    stream: { status: "ended", startedAt: NOON, endedAt: NOON + 5 },
    numbers: { status: "ended", peak: 9, total: 20 },
  });
  expect(world.forgotten).toEqual([A, A]);
});

test("an unknown stream touches no room", async () => {
  const unknown = { status: "unknown-stream" };
  expect(await world.start(stream("b"))).toEqual(unknown);
  expect(await world.end(stream("b"))).toEqual(unknown);
  expect(world.rooms.calls).toEqual([]);
});

test("a planned stream ends without numbers", async () => {
  const ended = await world.end();
  expect(ended).toMatchObject({ stream: { status: "ended" }, numbers: undefined });
});

test("a start after an end begins anew", async () => {
  await world.start();
  await world.end();
  world.now += 10;
  await world.start();
  expect(world.state).toEqual(["live", "live"]);
  expect(world.rooms.rooms.get(A)).toMatchObject({ startedAt: NOON + 10 });
});

describe("what dies half way", () => {
  const FAILING = [1, 2, 3, 4];

  test.each(FAILING)("at call %i of a start is mended by the same again", async (failing) => {
    world.failAt(failing);
    await expect(world.start()).rejects.toThrow("away");
    world.failAt();
    world.now += 10;
    expect(await world.start()).toMatchObject({ stream: { status: "live" } });
    expect(world.state).toEqual(["live", "live"]);
    expect(world.rooms.rooms.get(A)?.startedAt).toBe(world.registry.rows.get(A)?.startedAt);
  });

  test.each(FAILING)(
    "at call %i of an end leaves no live room of an ended stream, and is mended by the same again",
    async (failing) => {
      await world.start();
      world.failAt(failing);
      await expect(world.end()).rejects.toThrow("away");
      expect(world.state).not.toEqual(["ended", "live"]);
      world.failAt();
      expect(await world.end()).toMatchObject({ stream: { status: "ended" } });
      expect(world.state).toEqual(["ended", "ended"]);
    },
  );
});

test("starts and ends at once, however their steps interleave, leave no live room of an ended stream", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { minLength: 2, maxLength: 4 }),
      fc.boolean(),
      async (scheduler, starts, liveBefore) => {
        const at = new World();
        at.registry.put(aStream(A));
        if (liveBefore) await at.start();
        at.before((call) => scheduler.schedule(Promise.resolve(), call));
        const orders = starts.map((start) => (start ? at.start() : at.end()));
        await scheduler.waitFor(Promise.all(orders));
        expect(at.state).not.toEqual(["ended", "live"]);
      },
    ),
    { numRuns: 500 },
  );
});
