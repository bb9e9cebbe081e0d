/**
 * What has to be in the tables after a planned world, worked out from the plan alone, interval by interval. Nothing
 * of it is shared with the service; where it is quadratic, it is because that is plain.
 */
import {
  heardBy,
  naturalEnd,
  type PlannedDay,
  SIGN_EVERY_MS,
  type Span,
  type StreamPlan,
  type Visit,
  WINDOW_MS,
} from "./live-day-plan.ts";

/** A visitor as a viewer, from joining the number to leaving it. */
interface Stay extends Span {
  readonly visitor: string;
  /** When the session ended: the last that was heard of the connection that went last, ms. */
  readonly endedAt: number;
  /** Number of the start it belongs to. */
  readonly run: number;
}

export interface ModelSample {
  readonly recordedAt: number;
  readonly viewers: number;
  readonly peak: number;
}

export interface ModelDay {
  readonly day: number;
  readonly peak: number;
  readonly uniques: number;
  readonly sessions: number;
  readonly watchedSeconds: number;
  readonly liveSeconds: number;
}

export interface ModelSession {
  readonly visitor: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface ModelStream {
  readonly samples: readonly ModelSample[];
  readonly days: readonly ModelDay[];
  /** In the order of their starts. */
  readonly sessions: readonly ModelSession[];
  /** Of the last start. */
  readonly last: { readonly startedAt: number; readonly peak: number; readonly total: number };
  viewersAt(at: number): number;
  /** Distinct visitors of the reporting day that holds `at`. */
  uniquesOfDayOf(at: number): number;
}

/**
 * @param aliveAt what a room of the stream last noted as its sign of life when its sockets were dropped at `at`, ms:
 * those who were dropped are gone from then on
 */
export const modelStream = (
  plan: StreamPlan,
  days: readonly PlannedDay[],
  aliveAt: (at: number) => number,
): ModelStream => {
  const stays = staysOf(plan, aliveAt);
  const line = new NumberLine(stays);
  const { spans } = plan;
  const run = spans.length - 1;
  const lastSpan = spans[run];
  if (lastSpan === undefined) throw new Error(`${plan.stream} never starts`);
  const ofLast = stays.filter((stay) => stay.run === run);
  return {
    samples: spans.flatMap((span) => samplesOf(span, line)),
    days: days.flatMap((day) => dayOf(day, spans, stays, line)),
    sessions: stays
      .map(({ visitor, from, endedAt }) => ({ visitor, startedAt: from, endedAt }))
      .toSorted((a, b) => a.startedAt - b.startedAt),
    last: {
      startedAt: lastSpan.from,
      peak: line.peakIn(lastSpan),
      total: days.reduce((sum, day) => sum + visitorsIn(day, ofLast), 0),
    },
    viewersAt: (at) => line.at(at),
    uniquesOfDayOf(at) {
      const day = days.find(({ from, to }) => from <= at && at < to);
      return day === undefined ? 0 : visitorsIn(day, stays);
    },
  };
};

/** The number of viewers as it was at each moment. */
class NumberLine {
  /** Each holds until the next. */
  readonly #steps: readonly { readonly at: number; readonly viewers: number }[];

  constructor(stays: readonly Stay[]) {
    // Of one moment, who goes first made room for who comes; who is dropped as they come was there all the same.
    const changes = stays.flatMap(({ from, to }) => [
      { at: from, by: 1, place: 1 },
      { at: to, by: -1, place: from === to ? 2 : 0 },
    ]);
    let viewers = 0;
    this.#steps = changes
      .toSorted((a, b) => a.at - b.at || a.place - b.place)
      .map(({ at, by }) => {
        viewers += by;
        return { at, viewers };
      });
  }

  at(at: number): number {
    return this.#steps.findLast((step) => step.at <= at)?.viewers ?? 0;
  }

  peakIn({ from, to }: Span): number {
    const steps = this.#steps.filter((step) => from <= step.at && step.at < to);
    return steps.reduce((peak, { viewers }) => Math.max(peak, viewers), this.at(from));
  }
}

const overlapMs = (a: Span, b: Span): number =>
  Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

const within = ({ from, to }: Span, stays: readonly Stay[]): readonly Stay[] =>
  stays.filter((stay) => stay.from < to && (stay.to > from || stay.from >= from));

const visitorsIn = (span: Span, stays: readonly Stay[]): number =>
  new Set(within(span, stays).map(({ visitor }) => visitor)).size;

const samplesOf = (span: Span, line: NumberLine): readonly ModelSample[] => {
  const samples: ModelSample[] = [];
  for (let from = span.from; from < span.to; ) {
    const windowEnd = (Math.floor(from / WINDOW_MS) + 1) * WINDOW_MS;
    const to = Math.min(windowEnd, span.to);
    const peak = line.peakIn({ from, to });
    // At its end everybody has gone.
    if (peak > 0) samples.push({ recordedAt: to, viewers: line.at(to), peak });
    from = to;
  }
  return samples;
};

const seconds = (ms: number): number => Math.floor(ms / 1_000);

const dayOf = (
  day: PlannedDay,
  spans: readonly Span[],
  stays: readonly Stay[],
  line: NumberLine,
): readonly ModelDay[] => {
  const uniques = visitorsIn(day, stays);
  if (uniques === 0) return [];
  const sum = (all: readonly Span[]) => all.reduce((ms, it) => ms + overlapMs(day, it), 0);
  return [
    {
      day: day.day,
      peak: line.peakIn(day),
      uniques,
      sessions: stays.filter(({ from }) => day.from <= from && from < day.to).length,
      watchedSeconds: seconds(sum(stays)),
      liveSeconds: seconds(sum(spans)),
    },
  ];
};

/** A connection as the room had it. */
interface Held extends Span {
  readonly visitor: string;
  readonly heard: number;
  readonly run: number;
}

const staysOf = (plan: StreamPlan, aliveAt: (at: number) => number): readonly Stay[] => {
  const held = plan.visits.flatMap((visit) => heldOf(plan, visit, aliveAt));
  const byVisitor = Map.groupBy(held, ({ visitor }) => visitor);
  return [...byVisitor.values()].flatMap(joined);
};

/**
 * Nothing of an observer, or of a socket that came when the stream was not live; a heartbeat brings a lease into each
 * start it comes in. What ends it first: itself, an instance that ended with its sockets, or the stream.
 */
const heldOf = (
  { spans, evictions }: StreamPlan,
  visit: Visit,
  aliveAt: (at: number) => number,
): readonly Held[] => {
  const { visitor, way, role, to } = visit;
  const closed = way === "socket" && visit.ends === "close";
  return spans.flatMap((span, run) => {
    const from = way === "socket" ? visit.from : firstSignFrom(visit, span.from);
    if (role === "observer" || from < span.from || from >= span.to || from > to) return [];
    const ends = [{ to: naturalEnd(visit), heard: closed ? to : heardBy(visit, to) }];
    for (const { at, sockets } of evictions) {
      if (way === "lease" || sockets !== "drop" || at < from || at >= naturalEnd(visit)) continue;
      ends.push({ to: aliveAt(at), heard: aliveAt(at) });
    }
    ends.push({ to: span.to, heard: span.to });
    const first = ends.reduce((a, b) => (b.to < a.to ? b : a));
    // Another tab of one who was there is no news to be noted: dropped with the first, it never was.
    return first.to < from ? [] : [{ visitor, run, from, ...first }];
  });
};

const firstSignFrom = (visit: Visit, at: number): number =>
  visit.from + Math.max(0, Math.ceil((at - visit.from) / SIGN_EVERY_MS)) * SIGN_EVERY_MS;

/** Connections of one visitor that overlap are one stay; also where one came in the moment since when all are gone. */
const joined = (held: readonly Held[]): readonly Stay[] => {
  const stays: Stay[] = [];
  for (const { heard, ...connection } of held.toSorted((a, b) => a.from - b.from)) {
    const stay = stays.at(-1);
    const dropped = connection.from === connection.to && connection.from === stay?.to;
    if (stay === undefined || (connection.from >= stay.to && !dropped)) {
      stays.push({ ...connection, endedAt: heard });
    } else if (connection.to >= stay.to) {
      stays[stays.length - 1] = { ...stay, to: connection.to, endedAt: heard };
    }
  }
  return stays;
};
