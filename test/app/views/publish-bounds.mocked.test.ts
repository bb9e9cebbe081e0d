import { expect, test, vi } from "vitest";
import { MINUTE_MS, PUBLISH_PROBE_MS, PUBLISH_WINDOW_MS } from "../../../src/core/limits.ts";
import { PublishingWorld } from "../../support/publishing-world.ts";

vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  PUBLISH_MAX_COUNTS: 2,
  PUBLISH_AGAIN_MAX: 4,
}));

const NOON = Date.UTC(2026, 10, 21, 12);
const MANY = Array.from({ length: 12 }, (_, serial) => `c${serial}`);

const published = async () => {
  const world = new PublishingWorld(NOON);
  await world.view(...MANY);
  await world.pass(MINUTE_MS);
  expect(world.missing(MANY)).toEqual([]);
  return world;
};

test("a read model that has lost everything gets only so many of the contents that nobody counted since", async () => {
  const world = await published();
  world.readModel.lose();
  await world.pass(PUBLISH_PROBE_MS);
  expect(world.readModel.parts.size).toBe(4);
});

test("one that loses everything again, half way, gets no more of them for that", async () => {
  const world = await published();
  world.readModel.lose();
  let calls = 0;
  world.harness.beforeLeaving = () => {
    calls += 1;
    if (calls === 3) world.readModel.lose();
  };
  await world.pass(PUBLISH_PROBE_MS);
  expect(world.readModel.parts.size).toBeGreaterThanOrEqual(4);
  expect(world.readModel.parts.size).toBeLessThanOrEqual(6);
});

test("what was counted since the first publishing is told by the next life, all of it", async () => {
  const world = new PublishingWorld(NOON);
  world.readModel.fate = "refused";
  await world.view(...MANY);
  world.harness.crash();
  world.readModel.fate = "done";
  await world.pass(MINUTE_MS);
  expect(world.missing(MANY)).toEqual([]);
});

test("how far it is is saved with the checkpoint, and by no write of its own before", async () => {
  const world = new PublishingWorld(NOON);
  const saved = () => world.harness.disk.read("SELECT value FROM meta WHERE name = 'published'");
  const before = saved();
  await world.view("a");
  await world.pass(PUBLISH_WINDOW_MS);
  expect(world.missing(["a"])).toEqual([]);
  expect(saved()).toEqual(before);
  world.harness.tally.checkpoint();
  expect(saved()).not.toEqual(before);
});
