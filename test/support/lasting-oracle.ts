import { LIVE_SILENT_MS } from "../../src/core/limits.ts";

const WINDOW = 300_000;

interface Connection {
  readonly key: string;
  readonly visitor: string;
  readonly from: number;
  /** It is in the number until then. */
  until: number;
  /** It was seen until then: the last sign of life, or the leave. */
  seenUntil: number;
}

/** Time from `from` on with so many visitors, all of them. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly visitors: ReadonlySet<string>;
}

/**
 * What lasts of a stream, worked out at the end from the list of all connections there ever were, moment by moment,
 * with clocks read from `Intl` alone.
 */
export class LastingOracle {
  readonly #format: Intl.DateTimeFormat;
  #connections: Connection[] = [];
  readonly #runs: { from: number; to: number }[] = [];

  constructor(timeZone: string, startedAt: number) {
    this.#format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
    this.start(startedAt);
  }

  start(at: number): void {
    this.#runs.push({ from: at, to: Number.POSITIVE_INFINITY });
  }

  end(at: number): void {
    const run = this.#runs.at(-1);
    if (run !== undefined) run.to = at;
    for (const connection of this.#connections) cut(connection, at, at);
  }

  heard(key: string, visitor: string, at: number): void {
    const known = this.#connections.findLast((it) => it.key === key);
    if (known !== undefined && known.until > at) {
      this.heardAgain(key, at);
      return;
    }
    const until = at + LIVE_SILENT_MS;
    const from = at;
    this.#connections.push({ key, visitor, from, until, seenUntil: at });
  }

  heardAgain(key: string, at: number): void {
    const known = this.#connections.findLast((it) => it.key === key);
    if (known === undefined || known.until <= at) return;
    known.seenUntil = at;
    known.until = at + LIVE_SILENT_MS;
  }

  left(key: string, at: number): void {
    const known = this.#connections.findLast((it) => it.key === key);
    if (known !== undefined) cut(known, at, at);
  }

  /** The room died, and had said last at `at` who was there: another tab opened since was no change to tell of. */
  lost(key: string, at: number): void {
    this.left(key, at);
    this.#connections = this.#connections.filter((it) => it.key !== key || it.from <= at);
  }

  samples() {
    const samples = new Map<number, { recordedAt: number; viewers: number; peak: number }>();
    for (const run of this.#runs) {
      let from = run.from;
      while (from < run.to) {
        // The window's end, or what there was of it.
        const at = Math.min(run.to, (Math.floor(from / WINDOW) + 1) * WINDOW);
        const peak = this.#most(from, at);
        const viewers = at === run.to ? 0 : this.#at(at).size;
        const before = samples.get(at)?.peak ?? 0;
        if (Math.max(peak, before) > 0) {
          samples.set(at, { recordedAt: at, viewers, peak: Math.max(peak, before) });
        }
        from = at;
      }
    }
    return [...samples.values()].sort((a, b) => a.recordedAt - b.recordedAt);
  }

  days() {
    const days = new Map<
      number,
      { peak: number; uniques: Set<string>; watched: number; live: number; sessions: number }
    >();
    const of = (at: number) => {
      const day = this.#dayOf(at);
      const known = days.get(day) ?? {
        peak: 0,
        uniques: new Set<string>(),
        watched: 0,
        live: 0,
        sessions: 0,
      };
      days.set(day, known);
      return known;
    };
    for (const { from, to, visitors } of this.#stretches()) {
      const day = of(from);
      day.peak = Math.max(day.peak, visitors.size);
      for (const visitor of visitors) day.uniques.add(visitor);
      day.watched += visitors.size * (to - from);
      day.live += to - from;
    }
    for (const { startedAt } of this.sessions()) of(startedAt).sessions += 1;
    return [...days]
      .filter(([, { peak }]) => peak > 0)
      .sort(([a], [b]) => a - b)
      .map(([day, { peak, uniques, watched, live, sessions }]) => ({
        day,
        peak,
        uniques: uniques.size,
        sessions,
        watchedSeconds: Math.floor(watched / 1_000),
        liveSeconds: Math.floor(live / 1_000),
      }));
  }

  /** A session goes on for as long as the visitor is in the number, and ends with the last that was seen of it. */
  sessions(): { startedAt: number; endedAt: number }[] {
    const sessions: { startedAt: number; endedAt: number }[] = [];
    for (const visitor of new Set(this.#connections.map(({ visitor }) => visitor))) {
      const own = this.#connections.filter((it) => it.visitor === visitor);
      let open: { startedAt: number; until: number; last: Connection } | undefined;
      const close = () => {
        if (open !== undefined) {
          const { startedAt, last } = open;
          sessions.push({ startedAt, endedAt: Math.max(startedAt, last.seenUntil) });
        }
      };
      for (const it of own) {
        if (open === undefined || it.from >= open.until) {
          close();
          open = { startedAt: it.from, until: it.until, last: it };
        } else if (it.until > open.until) open = { ...open, until: it.until, last: it };
      }
      close();
    }
    return sessions.sort((a, b) => a.startedAt - b.startedAt || a.endedAt - b.endedAt);
  }

  /** Of the last start. */
  peak(): number {
    const { from, to } = this.#runs.at(-1) ?? { from: 0, to: 0 };
    return this.#most(from, to + 1);
  }

  /** Of the last start: each day's visitors. */
  total(): number {
    const run = this.#runs.at(-1) ?? { from: 0, to: 0 };
    const seen = new Set<string>();
    for (const { from, visitors } of this.#stretches()) {
      if (from < run.from) continue;
      for (const visitor of visitors) seen.add(`${this.#dayOf(from)} ${visitor}`);
    }
    return seen.size;
  }

  /** Whole time the stream was live, cut wherever anything changes and at every window's end. */
  *#stretches(): Iterable<Stretch> {
    for (const run of this.#runs) {
      const cuts = new Set([run.from, run.to]);
      for (const { from, until } of this.#connections) {
        for (const at of [from, until]) if (at > run.from && at < run.to) cuts.add(at);
      }
      const firstEnd = Math.ceil(run.from / WINDOW) * WINDOW;
      for (let at = firstEnd; at < run.to; at += WINDOW) cuts.add(at);
      const times = [...cuts].sort((a, b) => a - b);
      for (const [index, from] of times.entries()) {
        const to = times[index + 1];
        if (to !== undefined) yield { from, to, visitors: this.#at(from) };
      }
    }
  }

  /** Who is in the number at that moment. */
  #at(at: number): ReadonlySet<string> {
    return visitorsOf(this.#connections.filter(({ from, until }) => from <= at && at < until));
  }

  /** The largest number in `from <= at < to`. */
  #most(from: number, to: number): number {
    const times = [from, ...this.#connections.map((it) => it.from)];
    const inside = times.filter((at) => at >= from && at < to);
    return Math.max(0, ...inside.map((at) => this.#at(at).size));
  }

  #dayOf(at: number): number {
    return Number(this.#format.format(at).replaceAll("-", ""));
  }
}

const cut = (connection: Connection, until: number, seen: number): void => {
  if (connection.until <= until) return;
  connection.until = Math.max(connection.from, until);
  connection.seenUntil = Math.max(connection.from, seen);
};

const visitorsOf = (connections: readonly Connection[]): ReadonlySet<string> =>
  new Set(connections.map(({ visitor }) => visitor));
