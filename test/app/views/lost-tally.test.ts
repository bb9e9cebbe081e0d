import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../src/core/limits.ts";
import { content } from "../../support/events.ts";
import { CONTENTS, type History, historyOf, live, MORNING, viewBy } from "../../support/lost-histories.ts";
import { LostWorld } from "../../support/lost-world.ts";

/** Everything as it stood, and stands again. */
const standing = async (world: LostWorld) => ({
  known: await world.known(),
  rows: world.rows(),
});

const lived = async (history: History): Promise<LostWorld> => {
  const world = new LostWorld(MORNING);
  await live(world, history);
  return world;
};

const expectNewer = (before: readonly string[], after: readonly string[]): void => {
  expect(after).toHaveLength(before.length);
  const newest = before.toSorted().at(-1) ?? "";
  for (const stamp of after) expect(stamp > newest).toBe(true);
};

test("whatever was counted, corrected, restated and closed: a Tally that lost its storage is afterwards what it was, the database too, and rows that come again double nothing", async () => {
  await fc.assert(
    fc.asyncProperty(historyOf(), async (history) => {
      const world = await lived(history);
      const before = await standing(world);
      const stamps = world.stamps();
      world.now += 1;
      world.lose("tally");
      await world.restored();
      expect(await world.known()).toEqual(before.known);
      await world.rest();
      await world.send();
      expect(await standing(world)).toEqual(before);
      expectNewer(stamps, world.stamps());

      await world.resend();
      world.now += 2 * HOUR_MS;
      await world.settle();
      expect(await standing(world)).toEqual(before);
    }),
    { numRuns: 40 },
  );
});
