/** The list of live streams loses all it has: the rooms tell it again by themselves. */
import { strike } from "./blows.ts";
import { type DrillReport, judge } from "./report.ts";
import { gather, type World } from "./world.ts";

/** A room tells its number at least every 20 s. */
const WITHIN_MS = 25_000;

export const drillWiped = async (world: World): Promise<DrillReport> => {
  const { url } = world;
  const gathering = await gather(world, "wiped");
  const { stream, crowd } = gathering;
  // A number that does not change is only repeated: that is what takes the longest.
  const watch = gathering.watch(true);
  watch.note(`the list is wiped, ${crowd.size} clients are there`);
  await strike(url, "wipe", stream);
  const complaints = await judge(world, gathering, watch, WITHIN_MS);
  await gathering.end();
  return {
    drill: "list wiped",
    ...{ timeline: watch.lines, verdicts: watch.verdicts, complaints },
  };
};
