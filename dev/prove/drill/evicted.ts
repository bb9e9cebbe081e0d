/** The room's instance ends under its clients: asleep, as after an idle while, or with all of its sockets. */
import { instanceOf, strike } from "./blows.ts";
import { type DrillReport, judge } from "./report.ts";
import { gather, type World } from "./world.ts";

/** A heartbeat hears the number up to 20 s after it changed. */
const WITHIN_MS = 40_000;

export const drillEvicted = async (world: World, blow: "sleep" | "abort"): Promise<DrillReport> => {
  const { url } = world;
  const gathering = await gather(world, `evicted-${blow}`);
  const { stream, crowd, leavers } = gathering;
  const instance = await instanceOf(url, stream);
  // Before the blow: the first of them are back before it is answered.
  const dialed = crowd.dials - leavers.dials;
  const watch = gathering.watch();
  watch.note(`the room ends (${blow}), ${crowd.size} clients are there`);
  await strike(url, blow, stream);
  leavers.leave();
  const stayed = crowd.told("sockets").length;
  const before = crowd.size;
  gathering.newcomers();
  gathering.newcomers();
  const came = crowd.size - before;
  watch.turn(`some leave, ${came} come, ${crowd.size} are there`);
  const complaints = [...(await judge(world, gathering, watch, WITHIN_MS))];
  if ((await instanceOf(url, stream)) === instance) complaints.push("the instance did not end");
  const again = crowd.dials - dialed - came;
  if (blow === "sleep" && again > 0) complaints.push(`${again} sockets did not survive`);
  if (blow === "abort" && again < stayed) complaints.push(`${stayed - again} sockets survived`);
  await gathering.end();
  return {
    drill: blow === "sleep" ? "room asleep" : "room aborted",
    ...{ timeline: watch.lines, verdicts: watch.verdicts, complaints },
  };
};
