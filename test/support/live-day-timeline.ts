/** Makes up a day of live streams from a seed. */
import { Prng } from "../simulation/prng.ts";
import {
  type Eviction,
  naturalEnd,
  type PlannedDay,
  SIGN_EVERY_MS,
  type Span,
  type StreamPlan,
  type Visit,
  WINDOW_MS,
} from "./live-day-plan.ts";

export interface TimelineOptions {
  readonly seed: number;
  readonly streams: number;
  readonly broadcasters: number;
  /** One after the other without a gap; streams start from the middle of the first to the end of the one before the last. */
  readonly days: readonly PlannedDay[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Nothing has changed for so long when an instance ends, so that all of it is saved. */
const QUIET_MS = 3 * SECOND;
const SOCKETS_AT_A_TIME = 4;
/** A restart may come in the window of the end, and on the next day. */
const PAUSE_MIN_MS = 20 * SECOND;

export const makeTimeline = (options: TimelineOptions): readonly StreamPlan[] =>
  Array.from({ length: options.streams }, (_, index) =>
    new StreamMaker(new Prng(options.seed * 10_007 + index), options).make(index),
  );

class StreamMaker {
  readonly #prng: Prng;
  readonly #options: TimelineOptions;
  /** Each visit has a remainder of its own, so that of two things in one stream no two are at the same ms. */
  #remainder = 0;

  constructor(prng: Prng, options: TimelineOptions) {
    this.#prng = prng;
    this.#options = options;
  }

  make(index: number): StreamPlan {
    const prng = this.#prng;
    const spans = this.#spans();
    const visitors = prng.chance(0.05) ? 0 : Math.floor(this.#heavy(2, 40, 1));
    const visits = Array.from({ length: visitors }, (_, visitor) =>
      this.#visitsOf(`v${visitor}`, spans),
    ).flat();
    const evicted = this.#evict(spans, visits);
    return {
      stream: `s${index}`,
      broadcaster: `b${index % this.#options.broadcasters}`,
      category: prng.chance(0.5) ? `c${index % 5}` : null,
      spans,
      ...evicted,
    };
  }

  /** At least `least`, mostly little more, now and then very much (Pareto). */
  #heavy(least: number, most: number, tail: number): number {
    return Math.min(most, least * (1 - this.#prng.fraction()) ** (-1 / tail));
  }

  /** Ms; by the hour of the day, eight in the evening being the busiest. */
  #busyMoment({ from, to }: Span): number {
    const { days } = this.#options;
    for (let tries = 0; ; tries += 1) {
      const at = this.#prng.between(from, to - 1);
      const day = days.find((it) => it.from <= at && at < it.to);
      const hour = day === undefined ? 0 : ((at - day.from) / HOUR) % 24;
      const busy = 0.55 + 0.45 * Math.cos(((hour - 20) / 12) * Math.PI);
      if (this.#prng.chance(busy) || tries > 50) return at;
    }
  }

  #spans(): readonly Span[] {
    const prng = this.#prng;
    const { days } = this.#options;
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) throw new Error("no days");
    const bounds = { from: (first.from + first.to) / 2, to: last.from };
    const spans: Span[] = [];
    const starts = prng.chance(0.2) ? prng.between(2, 3) : 1;
    let from = wholeSecond(this.#busyMoment(bounds));
    for (let start = 0; start < starts && from < bounds.to; start += 1) {
      const to = wholeSecond(from + this.#heavy(8 * MINUTE, 8 * HOUR, 0.9));
      spans.push({ from, to });
      from = wholeSecond(to + this.#heavy(PAUSE_MIN_MS, 3 * HOUR, 0.5));
    }
    return spans;
  }

  #visitsOf(visitor: string, spans: readonly Span[]): readonly Visit[] {
    const prng = this.#prng;
    const visits: Visit[] = [];
    while (visits.length === 0 || prng.chance(0.35)) {
      const span = spans[prng.between(0, spans.length - 1)];
      if (span === undefined) break;
      const from = this.#busyMoment({ from: span.from + 1, to: span.to });
      const visit = this.#visit(visitor, {
        from,
        to: from + this.#heavy(30 * SECOND, 4 * HOUR, 1.1),
      });
      visits.push(visit, ...this.#moreTabs(visit));
    }
    // One who came before the start, or comes after the end, is nobody.
    const [first] = spans;
    if (first !== undefined && prng.chance(0.05)) {
      const from = first.from - prng.between(1, 60) * SECOND;
      visits.push(this.#visit(visitor, { from, to: from + MINUTE }));
    }
    return withinSockets(visits);
  }

  #moreTabs(visit: Visit): readonly Visit[] {
    const prng = this.#prng;
    const more = prng.chance(0.2) ? prng.between(1, 2) : 0;
    return Array.from({ length: more }, () => {
      const from = visit.from + prng.fraction() * (visit.to - visit.from);
      const to = from + this.#heavy(20 * SECOND, HOUR, 1);
      return this.#visit(visit.visitor, { from, to });
    });
  }

  #visit(visitor: string, { from, to }: Span): Visit {
    const prng = this.#prng;
    this.#remainder = (this.#remainder % (SECOND - 1)) + 1;
    const moment = (at: number) => Math.floor(at / SECOND) * SECOND + this.#remainder;
    const way = prng.chance(0.07) ? "lease" : "socket";
    return {
      visitor,
      way,
      role: way === "socket" && prng.chance(0.07) ? "observer" : "viewer",
      from: moment(from),
      to: moment(Math.max(to, from + SECOND)),
      ends: prng.chance(0.12) ? "silence" : "close",
    };
  }

  /** What a drop cuts goes on a little later, mostly. */
  #evict(spans: readonly Span[], planned: readonly Visit[]) {
    const prng = this.#prng;
    const [first, last] = [spans[0], spans.at(-1)];
    const evictions: Eviction[] = [];
    let visits = planned;
    if (first === undefined || last === undefined) return { visits, evictions };
    const end = last.to + HOUR;
    for (let at = first.from; ; ) {
      at = this.#later(at, visits);
      if (at >= end) return { visits, evictions };
      if (!isQuiet(at, spans, visits)) continue;
      const sockets = prng.chance(0.4) ? "drop" : "hibernate";
      evictions.push({ at, sockets });
      if (sockets === "drop") visits = visits.flatMap((visit) => this.#dropped(visit, at));
    }
  }

  /** Every other time while somebody is there. */
  #later(at: number, visits: readonly Visit[]): number {
    const prng = this.#prng;
    const next = visits.find(({ from, to }) => from > at && to - from > MINUTE);
    if (next === undefined || prng.chance(0.5)) {
      return at + Math.ceil(this.#heavy(5 * MINUTE, 6 * HOUR, 0.7));
    }
    return prng.between(next.from, next.to);
  }

  #dropped(visit: Visit, at: number): readonly Visit[] {
    const { way, from, to } = visit;
    if (way === "lease" || from >= at || to <= at) return [visit];
    const back = at + this.#prng.between(1, 60) * SECOND;
    const cut: Visit = { ...visit, to: at, ends: "silence" };
    if (back >= to || this.#prng.chance(0.2)) return [cut];
    const again = this.#visit(visit.visitor, { from: back, to });
    return [cut, { ...again, way, role: visit.role }];
  }
}

/** Not at the end of a window: what comes first there is another test's matter. */
const wholeSecond = (at: number): number => {
  const second = Math.floor(at / SECOND) * SECOND;
  return second % WINDOW_MS === 0 ? second + SECOND : second;
};

/** A fifth socket would close the first: such a visit is left out. */
const withinSockets = (visits: readonly Visit[]): readonly Visit[] => {
  const kept: Visit[] = [];
  for (const visit of visits.toSorted((a, b) => a.from - b.from)) {
    const others = kept.filter((it) => it.way === "socket" && naturalEnd(it) > visit.from);
    if (visit.way === "lease" || others.length < SOCKETS_AT_A_TIME) kept.push(visit);
  }
  return kept;
};

const isQuiet = (at: number, spans: readonly Span[], visits: readonly Visit[]): boolean => {
  const changed = (when: number) => at - QUIET_MS <= when && when <= at;
  if (changed(Math.floor(at / WINDOW_MS) * WINDOW_MS)) return false;
  if (spans.some(({ from, to }) => changed(from) || changed(to))) return false;
  return !visits.some(
    (visit) =>
      changed(visit.from) ||
      changed(visit.to) ||
      changed(naturalEnd(visit)) ||
      (visit.way === "lease" &&
        at < visit.to + QUIET_MS &&
        (at - visit.from) % SIGN_EVERY_MS <= QUIET_MS),
  );
};
