import {
  compare,
  countViewers,
  countWithout,
  type Differences,
  heardLately,
} from "../../core/live/census.ts";
import type { Connection } from "../../core/live/viewer-set.ts";
import type { HeldNumbers } from "../../ports/room-store.ts";
import type { Shown } from "./evidence.ts";

/** The set of viewers, and what lasts of it. */
export interface People {
  readonly numbers: HeldNumbers;
  connections(): Iterable<Connection>;
  join(shown: Shown, now: number): void;
  leave(id: string, now: number): void;
  /** Sums up the set anew. */
  recount(): void;
}

/** What one look saw. */
export interface Look {
  readonly heard: ReadonlyMap<string, Shown>;
  readonly differences: Differences;
  /** Viewers by the set, and by the evidence. */
  readonly shown: number;
  readonly counted: number;
}

/** The set of viewers beside the evidence of platform and disk. */
export class SecondCount {
  readonly #people: People;
  readonly #evidence: () => Iterable<Shown>;

  constructor(people: People, evidence: () => Iterable<Shown>) {
    this.#people = people;
    this.#evidence = evidence;
  }

  get numbers(): HeldNumbers {
    const { viewers, peak, total, uniqueToday } = this.#people.numbers;
    return { viewers, peak, total, uniqueToday };
  }

  /** @param askedAt every socket was asked for a sign of life then, ms */
  look(now: number, askedAt: number | null = null): Look {
    const heard = heardLately(this.#evidence(), now, askedAt);
    return {
      heard,
      differences: compare(this.#people.connections(), heard),
      shown: this.#people.numbers.viewers,
      counted: countViewers(heard.values()),
    };
  }

  /** What the set would count without these differences. */
  without(differences: Differences, { heard }: Look): number {
    return countWithout(this.#people.connections(), heard, differences);
  }

  mend({ ghosts, missing }: Differences, { heard }: Look, now: number): void {
    for (const id of ghosts) this.#people.leave(id, now);
    for (const id of missing) {
      const shown = heard.get(id);
      if (shown !== undefined) this.#people.join(shown, now);
    }
    this.#people.recount();
  }
}
