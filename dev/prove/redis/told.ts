/** What pages were told, held against what each of them has shown. */
import { type LatencySummary, summaryOf } from "../phases.ts";

export type Kind = "counts" | "stream" | "list";

/** What a number comes with. */
export interface Telling {
  readonly source?: string;
  readonly stale?: boolean;
}

interface Tallied {
  reads: number;
  /** Answered with anything but 200, or not at all. */
  refused: number;
  /** No number, though everything has one from the beginning. */
  lost: number;
  /** A number smaller than what the page has, as if it were the present number. */
  fallen: number;
  /** Smaller, and said to be old. */
  staleFallen: number;
  stale: number;
}

export interface ToldSummary extends Readonly<Tallied> {
  readonly kind: Kind;
  readonly phase: string;
  /** How many numbers came from where. */
  readonly sources: Readonly<Record<string, number>>;
  readonly latency: LatencySummary;
}

/** Of one page: the largest number of each name, which it goes on showing when a smaller one comes. */
export type Shown = Map<string, number>;

const MISHAPS_KEPT = 20;

/** By what was asked, and what the proof was doing then. */
export class Told {
  /** The first of everything that should not have been. */
  readonly mishaps: string[] = [];
  readonly #all: Entry[] = [];

  /** @returns to be told of the answer */
  begin(kind: Kind, phase: string): Entry {
    const known = this.#all.find((entry) => entry.kind === kind && entry.phase === phase);
    const entry = known ?? new Entry(kind, phase, (what) => this.#mishap(what));
    if (known === undefined) this.#all.push(entry);
    entry.numbers.reads += 1;
    return entry;
  }

  summaries(): readonly ToldSummary[] {
    return this.#all.map(({ kind, phase, numbers, sources, durationsMs }) => ({
      ...{ kind, phase, ...numbers },
      ...{ sources: Object.fromEntries(sources), latency: summaryOf(durationsMs) },
    }));
  }

  #mishap(what: string): void {
    if (this.mishaps.length < MISHAPS_KEPT) this.mishaps.push(what);
  }
}

export class Entry {
  readonly kind: Kind;
  readonly phase: string;
  readonly numbers: Tallied = {
    ...{ reads: 0, refused: 0, lost: 0, fallen: 0, staleFallen: 0, stale: 0 },
  };
  readonly sources = new Map<string, number>();
  readonly durationsMs: number[] = [];
  readonly #mishap: (what: string) => void;

  constructor(kind: Kind, phase: string, mishap: (what: string) => void) {
    this.kind = kind;
    this.phase = phase;
    this.#mishap = mishap;
  }

  refuse(why: string): void {
    this.numbers.refused += 1;
    this.#mishap(`${this.phase}: ${this.kind} answered ${why}`);
  }

  /** @param told numbers by their names; undefined where there was none */
  note(
    { source = "none", stale = false }: Telling,
    told: ReadonlyMap<string, number | undefined>,
    shown: Shown,
  ): void {
    this.sources.set(source, (this.sources.get(source) ?? 0) + 1);
    if (stale) this.numbers.stale += 1;
    for (const [name, number] of told) {
      const highest = shown.get(name) ?? 0;
      if (number !== undefined && number >= highest) shown.set(name, number);
      else this.#fall(name, { number, highest, source, stale });
    }
  }

  #fall(name: string, { number, highest, source, stale }: Fall): void {
    if (number === undefined) this.numbers.lost += 1;
    else if (stale) this.numbers.staleFallen += 1;
    else this.numbers.fallen += 1;
    if (number !== undefined && stale) return;
    this.#mishap(
      `${this.phase}: ${name} is ${number ?? "not told"} after ${highest}, by ${source}`,
    );
  }
}

interface Fall {
  readonly number: number | undefined;
  readonly highest: number;
  readonly source: string;
  readonly stale: boolean;
}
