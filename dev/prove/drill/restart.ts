/** The service is killed with its clients connected; some of them leave meanwhile, and nobody hears of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { killRuntime } from "../kill-runtime.ts";
import { type DrillReport, judge } from "./report.ts";
import { gather, type World } from "./world.ts";

export type Victim = "runtime" | "runner";

/** A page that found no service three times in a row beats before it tries again, and hears the number every 20 s. */
const WITHIN_MS = 60_000;

/** A runtime whose runner is gone lives on for a moment; it is to hear of nobody's leaving. */
const ORPHAN_MS = 2_000;

export const drillRestart = async (world: World, victim: Victim): Promise<DrillReport> => {
  const { running } = world;
  const gathering = await gather(world, `restart-${victim}`);
  const { crowd, leavers } = gathering;
  const watch = gathering.watch();
  const before = crowd.size;
  watch.note(`kill -9 of the ${victim}, ${before} clients are there`);
  const kill = victim === "runtime" ? killRuntime(running.service) : running.killRunner();
  if (victim === "runner") await sleep(ORPHAN_MS);
  leavers.leave();
  watch.turn(`${before - crowd.size} leave, ${crowd.size} stay`);
  await kill;
  if (victim === "runner") watch.note("the runner is back");
  const complaints = await judge(world, gathering, watch, WITHIN_MS);
  await gathering.end();
  return { drill: `${victim} killed`, timeline: watch.lines, verdicts: watch.verdicts, complaints };
};
