/** What becomes of statements on a wire where about every second one goes wrong, by a seed. */
import type { FaultKind } from "../planetscale-gateway/faults.ts";

export type Mishap = FaultKind["kind"];

interface Chance {
  readonly weight: number;
  readonly fault: () => FaultKind;
}

/** In parts of 100: what is left is done and answered. */
const WEIGHTS: Readonly<Record<Exclude<Mishap, "sql-error">, number>> = {
  "apply-and-drop": 8,
  refuse: 6,
  status: 6,
  cut: 6,
  hold: 8,
  twice: 6,
  delay: 2,
};
const DEADLOCK_WEIGHT = 4;
const LOCK_WAIT_WEIGHT = 4;

/** At every statement one of those held, at random, is let go with this chance: some come much later than others. */
const LET_GO_CHANCE = 0.08;

export interface BrokenWireDeps {
  /** In [0, 1). */
  random(): number;
  /** Longer than whoever sends a statement waits for its answer, ms. */
  readonly delayMs: number;
}

export class BrokenWire {
  readonly counts = new Map<string, number>();
  readonly #deps: BrokenWireDeps;
  readonly #chances: readonly Chance[];
  #held: (() => void)[] = [];
  #statements = 0;

  constructor(deps: BrokenWireDeps) {
    this.#deps = deps;
    const { delayMs, random } = deps;
    const always = (fault: FaultKind) => () => fault;
    this.#chances = [
      { weight: WEIGHTS["apply-and-drop"], fault: always({ kind: "apply-and-drop" }) },
      { weight: WEIGHTS.refuse, fault: always({ kind: "refuse" }) },
      {
        weight: WEIGHTS.status,
        fault: () => ({ kind: "status", status: 500, body: random() < 0.5 ? "json" : "html" }),
      },
      { weight: WEIGHTS.cut, fault: always({ kind: "cut" }) },
      { weight: WEIGHTS.twice, fault: always({ kind: "twice" }) },
      { weight: WEIGHTS.delay, fault: always({ kind: "delay", ms: delayMs }) },
      { weight: WEIGHTS.hold, fault: () => this.#hold() },
      { weight: DEADLOCK_WEIGHT, fault: always({ kind: "sql-error", errno: 1213 }) },
      { weight: LOCK_WAIT_WEIGHT, fault: always({ kind: "sql-error", errno: 1205 }) },
    ];
  }

  get statements(): number {
    return this.#statements;
  }

  /** For the gateway's `faults.choose`. */
  readonly next = (): FaultKind | undefined => {
    this.#statements += 1;
    if (this.#deps.random() < LET_GO_CHANCE) this.#letOneGo();
    const fault = this.#draw();
    if (fault !== undefined) this.#count(fault);
    return fault;
  };

  /** Every statement still held arrives now, in any order. */
  letAllGo(): void {
    while (this.#held.length > 0) this.#letOneGo();
  }

  #draw(): FaultKind | undefined {
    let left = this.#deps.random() * 100;
    for (const { weight, fault } of this.#chances) {
      left -= weight;
      if (left < 0) return fault();
    }
    return undefined;
  }

  #hold(): FaultKind {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.push(resolve);
    return { kind: "hold", until: promise };
  }

  #letOneGo(): void {
    const [letGo] = this.#held.splice(Math.floor(this.#deps.random() * this.#held.length), 1);
    letGo?.();
  }

  #count(fault: FaultKind): void {
    const name = fault.kind === "sql-error" ? `error ${fault.errno}` : fault.kind;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
