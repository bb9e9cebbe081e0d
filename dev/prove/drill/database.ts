/**
 * MySQL is away under the clients of a stream: everybody goes on being counted and told, flushes say that they failed,
 * and after its return the database has what the clients did, nothing lost and nothing double.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { inTime } from "../in-time.ts";
import { Operator } from "../operator.ts";
import { OUTAGE_PHASES, Phases } from "../phases.ts";
import { readRoomSessions } from "../room-sessions.ts";
import { lossesOf, sessionLosses, type Watched } from "./lasting.ts";
import { type DrillReport, judge } from "./report.ts";
import { readSaved } from "./saved.ts";
import { Watch } from "./watch.ts";
import { gather, type World } from "./world.ts";

/** The reader of the database. */
const SAVED = "database";

/** A heartbeat hears the number up to 20 s after it changed. */
const EVEN_WITHIN_MS = 40_000;

/** From the return of the database on, or the end of the stream: a flush that waits for its timeout, and the next one. */
const SAVED_WITHIN_MS = 60_000;

/** Sessions go five to six minutes after the first of them ended, and a try that fails is repeated in half a minute. */
const SESSIONS_WITHIN_MS = 8 * 60_000;

export const drillDatabase = async (world: World): Promise<DrillReport> => {
  const { url, adminKey, running, scale } = world;
  const gathering = await gather(world, "database");
  const { stream, crowd, leavers } = gathering;
  const phases = new Phases(OUTAGE_PHASES);
  const operator = new Operator({ url, adminKey, phases, pauseMs: scale.flushEveryMs });
  await inTime("a flush", operator.untilFlushed());

  const watch = gathering.watch();
  watch.look(SAVED, async () => {
    const { current } = await readSaved(running.mysql, stream);
    return { answer: `${current?.viewers ?? "no row"}`, right: current?.viewers === crowd.size };
  });
  watch.note(`kill -9 of MySQL, ${crowd.size} clients are there`);
  await running.killDatabase();
  phases.enter("away");
  const stop = new AbortController();
  const operating = operator.run(stop.signal);
  leavers.leave();
  gathering.newcomers();
  gathering.newcomers();
  watch.turn(`some leave, more come, ${crowd.size} are there`);
  const [even] = await Promise.all([watch.untilEven(EVEN_WITHIN_MS, SAVED), sleep(scale.outageMs)]);
  // The list may have heard of the change after the last flush: one that finds nothing new has nothing that could fail.
  await inTime("a flush that cannot save the list", operator.untilListFailedAway());
  const { flushesAway, failedListsAway } = operator;
  phases.leave();
  watch.note(
    `MySQL comes back; of ${flushesAway} flushes ${failedListsAway} could not save the list`,
  );
  await running.restartDatabase();
  const backMs = performance.now() - watch.since;

  const complaints = [...(await judge(world, gathering, watch, backMs + SAVED_WITHIN_MS))];
  stop.abort();
  await inTime("the operator's last flush", operating);
  if (!even) complaints.push("not all numbers were even while MySQL was away");
  const { attendance, came } = crowd;
  await gathering.end();
  const watched = { attendance, came, endedAt: Date.now() };
  complaints.push(...(await lossesAtLast(world, operator, stream, watched)));
  return {
    drill: "MySQL away",
    ...{ timeline: watch.lines, verdicts: watch.verdicts, complaints },
    later: scale.patient
      ? sessionsSaved(world, stream, watched)
      : sessionsKept(world, stream, watched),
  };
};

/** The end is told to the list within seconds, and is in the database with the flush after that. */
const lossesAtLast = async (
  { running: { mysql } }: World,
  operator: Operator,
  stream: string,
  watched: Watched,
): Promise<readonly string[]> => {
  const watch = new Watch(0);
  let losses: readonly string[] = [];
  watch.look(SAVED, async () => {
    await operator.flush();
    losses = lossesOf(watched, await readSaved(mysql, stream));
    return { answer: "", right: losses.length === 0 };
  });
  await watch.untilEven(SAVED_WITHIN_MS);
  await watch.stop();
  return losses;
};

const sessionsSaved = async (
  { running }: World,
  stream: string,
  watched: Watched,
): Promise<DrillReport> => {
  const watch = new Watch(0);
  watch.note("the stream has ended");
  let losses: readonly string[] = [];
  watch.look(SAVED, async () => {
    const { sessions } = await readSaved(running.mysql, stream);
    losses = sessionLosses(watched, sessions);
    return { answer: `${sessions.sessions} sessions`, right: losses.length === 0 };
  });
  await watch.untilEven(SESSIONS_WITHIN_MS);
  await watch.stop();
  const { lines: timeline, verdicts } = watch;
  return { drill: "its sessions", timeline, verdicts, complaints: losses };
};

/** What goes to the database minutes later is in the room until then. */
const sessionsKept = async (
  { state }: World,
  stream: string,
  { came }: Watched,
): Promise<DrillReport> => {
  const { open, visitors } = readRoomSessions(state, stream);
  const kept = open === 0 && visitors === came;
  const complaints = kept
    ? []
    : [`the room has ${visitors} of ${came} visitors, ${open} of them open`];
  return { drill: "its sessions", timeline: [], verdicts: [], complaints };
};
