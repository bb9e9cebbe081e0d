import { expect, test, vi } from "vitest";
import { HOUR_MS, MINUTE_MS, PUBLISH_WINDOW_MS } from "../../../src/core/limits.ts";
import { FakeReadModel } from "../../support/fake-read-model.ts";
import { CONTENTS, MORNING, viewBy } from "../../support/lost-histories.ts";
import { LostWorld } from "../../support/lost-world.ts";

// Of four contents most are more than are published again to a read model that has lost them.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  PUBLISH_AGAIN_MAX: 1,
}));

/** Every content seen once and published; all of it is in the database. */
const flushed = async () => {
  const world = new LostWorld(MORNING);
  const readModel = new FakeReadModel();
  world.readModel = readModel;
  await world.append(CONTENTS.map((id) => viewBy(1, id, world.now)));
  await world.send();
  await world.rest(world.now + MINUTE_MS);
  const before = new Map(readModel.parts);
  expect(before.size).toBe(CONTENTS.length);
  world.now += MINUTE_MS;
  readModel.calls.length = 0;
  return { world, readModel, before };
};

const lose = (world: LostWorld): void => {
  world.now += 1;
  world.lose("tally");
};

const expectNewer = (readModel: FakeReadModel, before: FakeReadModel["parts"]): void => {
  for (const [key, { views, stamp }] of before) {
    const again = readModel.parts.get(key);
    expect([key, again?.views]).toEqual([key, views]);
    expect((again?.stamp ?? "") > stamp).toBe(true);
  }
};

const shut = { message: expect.stringContaining("is being restored") };

test("a Tally that lost its storage and has nothing to correct publishes as soon as it is restored, although nobody comes", async () => {
  const { world, readModel, before } = await flushed();
  lose(world);
  await expect(world.ask((tally) => tally.status())).rejects.toMatchObject(shut);
  await world.rest(world.now + 2 * PUBLISH_WINDOW_MS);
  expectNewer(readModel, before);
});

test("a Tally that lost its storage publishes nothing before its numbers are whole, however long that takes, and then all of them with larger stamps", async () => {
  const { world, readModel, before } = await flushed();
  await world.ask((tally) => tally.correction.seal(MORNING - (MORNING % HOUR_MS), 1));
  await world.append([viewBy(2, "a", world.now)]);
  lose(world);
  const calls: string[] = [];
  world.at = (call, moment) => {
    if (moment !== "saved") return;
    calls.push(call);
    if (call === "corrector read") throw new Error("the raw log is away");
  };
  for (let minute = 0; minute < 30; minute += 1) {
    await expect(world.ask((tally) => tally.status())).rejects.toMatchObject(shut);
    await world.rest(world.now + MINUTE_MS);
    world.now += MINUTE_MS;
  }
  // Its Corrector was in, more than once: there is a Tally, and its alarm rang.
  expect(calls.filter((call) => call === "corrector seal").length).toBeGreaterThan(1);
  expect(readModel.calls).toEqual([]);
  world.at = () => undefined;
  await world.restored();
  await world.rest(world.now + MINUTE_MS);
  expectNewer(readModel, before);
});

test("what the lost storage had told and nobody saved is corrected in the read model, of however many contents", async () => {
  const { world, readModel, before } = await flushed();
  await world.append(CONTENTS.map((id) => viewBy(2, id, world.now)));
  await world.rest(world.now + MINUTE_MS);
  for (const id of CONTENTS) expect(readModel.views(id)).toBe(2);
  lose(world);
  await world.restored();
  await world.rest(world.now + MINUTE_MS);
  expectNewer(readModel, before);
});
