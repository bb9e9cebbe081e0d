/** The clients of one stream: what they do is the truth that every number is held against. */
import { type Audience, openAudience, type Viewer } from "../audience.ts";
import { openHeartbeats } from "./heartbeats.ts";

export interface CrowdOptions {
  /** Of the stream at the service, where it stays. */
  readonly address: string;
  /** Between two heartbeats of a page, ms. */
  readonly beatMs: number;
}

type Kind = "sockets" | "heartbeats";

/** Some that came together, and leave together. */
export interface Group {
  /** Sockets that they have tried to open. */
  readonly dials: number;
  leave(): void;
}

/** How many were there from some moment on. */
export interface Attendance {
  /** Unix ms. */
  readonly at: number;
  readonly viewers: number;
}

export class Crowd {
  readonly #options: CrowdOptions;
  readonly #groups = new Map<Audience, Kind>();
  readonly #attendance: Attendance[] = [];
  #came = 0;
  #batches = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Clients that are there now. */
  get size(): number {
    return this.#attendance.at(-1)?.viewers ?? 0;
  }

  /** Different clients that were ever there. */
  get came(): number {
    return this.#came;
  }

  /** The most at once. */
  get peak(): number {
    return Math.max(0, ...this.#attendance.map(({ viewers }) => viewers));
  }

  /** Every change, in order. */
  get attendance(): readonly Attendance[] {
    return this.#attendance;
  }

  join(kind: Kind, size: number): Group {
    const { address, beatMs } = this.#options;
    this.#batches += 1;
    const name = `${kind}-${this.#batches}`;
    const audience =
      kind === "sockets"
        ? openAudience(address, size, name)
        : openHeartbeats({ address, size, name, everyMs: beatMs });
    this.#groups.set(audience, kind);
    this.#came += size;
    this.#count(size);
    return {
      get dials() {
        return audience.dials;
      },
      leave: () => {
        if (!this.#groups.delete(audience)) return;
        audience.leave();
        this.#count(-size);
      },
    };
  }

  /** What each of that kind was told last. */
  told(kind: Kind): readonly Viewer[] {
    return [...this.#groups].flatMap(([audience, its]) => (its === kind ? audience.viewers : []));
  }

  /** Sockets that those who are there have tried to open. */
  get dials(): number {
    return [...this.#groups.keys()].reduce((sum, { dials }) => sum + dials, 0);
  }

  /** Everybody, and nothing of it is noted: the stream has ended. */
  disperse(): void {
    for (const audience of this.#groups.keys()) audience.leave();
    this.#groups.clear();
  }

  #count(change: number): void {
    this.#attendance.push({ at: Date.now(), viewers: this.size + change });
  }
}
