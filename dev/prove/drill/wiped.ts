/**
 * The list of live streams loses all it has: the rooms tell it again by themselves, those first whose numbers stand, and
 * within minutes those as well that had said their last, and of which the database does not know.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { endLiveStream, startLiveStream } from "../../live-stream.ts";
import { Operator } from "../operator.ts";
import { OUTAGE_PHASES, Phases } from "../phases.ts";
import { strike } from "./blows.ts";
import { Crowd } from "./crowd.ts";
import { lossesOf, type Watched } from "./lasting.ts";
import { watchStream } from "./readers.ts";
import { type DrillReport, judge } from "./report.ts";
import { readSaved, type SavedStream } from "./saved.ts";
import { Watch } from "./watch.ts";
import { gather, type World } from "./world.ts";

/** A room tells its number at least every 20 s. */
const WITHIN_MS = 25_000;

/** What is not saved is told again six to seven minutes after it was told last. */
const TOLD_AGAIN_WITHIN_MS = 9 * 60_000;

export const drillWiped = async (world: World): Promise<DrillReport> => {
  const { url, scale } = world;
  const left = scale.patient
    ? [await leave(world, "wiped-empty", false), await leave(world, "wiped-ended", true)]
    : [];
  const gathering = await gather(world, "wiped");
  const { stream, crowd } = gathering;
  // A number that does not change is only repeated: that is what takes the longest.
  const watch = gathering.watch(true);
  watch.note(`the list is wiped, ${crowd.size} clients are there`);
  await strike(url, "wipe", stream);
  const later = scale.patient ? { later: untilSaved(world, left) } : {};
  const complaints = await judge(world, gathering, watch, WITHIN_MS);
  await gathering.end();
  return {
    drill: "list wiped",
    ...{ timeline: watch.lines, verdicts: watch.verdicts, complaints, ...later },
  };
};

/** A stream that everybody has left. */
interface Left extends Watched {
  readonly stream: string;
  readonly hasEnded: boolean;
}

const SOME = 5;
const LEFT_WITHIN_MS = 60_000;

/** The list knows it. @throws when it does not in time */
const leave = async (world: World, stream: string, hasEnded: boolean): Promise<Left> => {
  const { url, adminKey, scale } = world;
  const request = { url, adminKey, stream };
  await startLiveStream(request);
  const crowd = new Crowd({ address: `${url}/v1/streams/${stream}`, beatMs: scale.beatMs });
  const group = crowd.join("sockets", SOME);
  await untilTold(world, stream, crowd);
  if (hasEnded) await endLiveStream(request);
  const endedAt = Date.now();
  group.leave();
  // An ended stream is not in the list: it is told within the pause of two publishes.
  if (hasEnded) await sleep(TOLD_WITHIN_MS);
  else await untilTold(world, stream, crowd);
  const { attendance, came } = crowd;
  return { stream, hasEnded, attendance, came, endedAt };
};

const TOLD_WITHIN_MS = 10_000;

const untilTold = async ({ url }: World, stream: string, crowd: Crowd): Promise<void> => {
  const watch = watchStream({ url, stream, crowd, quietMs: 0 });
  const told = await watch.untilEven(LEFT_WITHIN_MS);
  await watch.stop();
  if (!told) throw new Error(`${stream} was not told\n${watch.lines.join("\n")}`);
};

const FLUSH_EVERY_MS = 5_000;

const untilSaved = async (world: World, left: readonly Left[]): Promise<DrillReport> => {
  const { url, adminKey, running } = world;
  const operator = new Operator({ url, adminKey, phases: new Phases(OUTAGE_PHASES) });
  const watch = new Watch(0);
  const complaints = new Map<string, readonly string[]>();
  for (const one of left) {
    const { stream } = one;
    const had = missing(one, await readSaved(running.mysql, stream)).length === 0;
    watch.note(`${stream} ${had ? "had been saved before the list was wiped" : "is not saved"}`);
    watch.look(stream, async () => {
      await sleep(FLUSH_EVERY_MS);
      await operator.flush();
      const losses = missing(one, await readSaved(running.mysql, stream));
      complaints.set(stream, losses);
      return { answer: losses.length === 0 ? "saved" : "not saved", right: losses.length === 0 };
    });
  }
  await watch.untilEven(TOLD_AGAIN_WITHIN_MS);
  await watch.stop();
  return {
    drill: "its silent streams",
    ...{ timeline: watch.lines, verdicts: watch.verdicts },
    complaints: [...complaints].flatMap(([stream, losses]) =>
      losses.map((loss) => `${stream}: ${loss}`),
    ),
  };
};

const missing = (left: Left, saved: SavedStream): readonly string[] => {
  if (left.hasEnded) return lossesOf(left, saved);
  const { current, days } = saved;
  const [day] = days;
  const whole =
    current?.status === "live" &&
    current.viewers === 0 &&
    current.total === left.came &&
    days.length === 1 &&
    day?.uniques === left.came &&
    day.sessions === left.came;
  return whole ? [] : [`the database has ${JSON.stringify({ current, days })}`];
};
