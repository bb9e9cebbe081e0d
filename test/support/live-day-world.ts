/** A made-up day done by real rooms and their list, flushed every five minutes into a database that is away at times. */
import type { ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import type { JobRun } from "../../src/ports/database.ts";
import { Prng } from "../simulation/prng.ts";
import { JournalTables, type Wire } from "./journal-tables.ts";
import { type ModelStream, modelStream } from "./live-day-model.ts";
import { type PlannedDay, type StreamPlan, WINDOW_MS } from "./live-day-plan.ts";
import { makeTimeline, type TimelineOptions } from "./live-day-timeline.ts";
import { LiveWorld } from "./live-world.ts";
import { MemoryStreamTables } from "./memory-stream-tables.ts";
import type { PlannedRoom } from "./planned-room.ts";

export interface LiveDayOptions extends TimelineOptions {
  readonly calendar: ReportingCalendar;
}

export interface LiveDayDone {
  readonly plans: readonly StreamPlan[];
  /** By stream. */
  readonly models: ReadonlyMap<string, ModelStream>;
  readonly tables: MemoryStreamTables;
  readonly journal: JournalTables;
  readonly flushes: readonly JobRun[];
  /** When it was over, ms. */
  readonly now: number;
  readonly problems: readonly string[];
  /** Of each drop of a room's viewers: how long before it the room had noted that it lived, ms. */
  readonly unnotedMs: readonly number[];
}

/** The cron rings a little after the full minute. */
const FLUSH_AFTER_MS = 2_000;
/** Everything is over for so long before the end, with the database there: rooms tell what is left. */
const AFTERMATH_MS = 2 * 3_600_000;

export const liveDay = async (options: LiveDayOptions): Promise<LiveDayDone> => {
  const { calendar, days, seed } = options;
  const plans = makeTimeline(options);
  const prng = new Prng(seed);
  const { from, to } = boundsOf(days, plans);
  const tables = new MemoryStreamTables();
  let wire: Wire = () => "works";
  const journal = new JournalTables(tables, (save) => wire(save));
  const world = new LiveWorld({ plans, calendar, from, tables: journal });
  const flushes: JobRun[] = [];
  for (let at = from; at < to; at += WINDOW_MS) {
    await world.pass(at + FLUSH_AFTER_MS);
    if (prng.chance(0.02)) world.evictList();
    flushes.push(await world.flush());
    wire = at < to - AFTERMATH_MS ? someWire(prng) : () => "works";
  }
  const rooms = world.rooms.map((room) => ({ room, model: modelOf(room, days) }));
  return {
    plans,
    models: new Map(rooms.map(({ room, model }) => [room.plan.stream, model])),
    ...{ tables, journal, flushes, now: world.now },
    problems: rooms.flatMap(({ room }) => room.problems),
    unnotedMs: rooms.flatMap(({ room }) => unnotedMs(room, days)),
  };
};

const modelOf = ({ plan, aliveAtDrop }: PlannedRoom, days: readonly PlannedDay[]): ModelStream =>
  modelStream(plan, days, (at) => aliveAtDrop.get(at) ?? at);

/** Of drops that cut somebody off. */
const unnotedMs = ({ plan, aliveAtDrop }: PlannedRoom, days: readonly PlannedDay[]) => {
  const { sessions } = modelStream(plan, days, (at) => at);
  const cut = new Set(sessions.map(({ endedAt }) => endedAt));
  return [...aliveAtDrop].filter(([at]) => cut.has(at)).map(([at, aliveAt]) => at - aliveAt);
};

const boundsOf = (days: readonly PlannedDay[], plans: readonly StreamPlan[]) => {
  const ends = plans.flatMap(({ spans }) => spans.map(({ to }) => to));
  const last = Math.max(...ends, ...days.map(({ from }) => from));
  const to = (Math.floor(last / WINDOW_MS) + 1) * WINDOW_MS + 2 * AFTERMATH_MS;
  return { from: days[0]?.from ?? 0, to };
};

/** For the next five minutes. */
const someWire = (prng: Prng): Wire => {
  if (prng.chance(0.85)) return () => "works";
  const failing = prng.pick(["saveCurrent", "saveHistory", "saveDays", "all"]);
  const fate = prng.pick<"away" | "answer-lost">(["away", "answer-lost"]);
  return (save) => (failing === "all" || failing === save ? fate : "works");
};
