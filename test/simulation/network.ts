import type { ObjectHost } from "./object-host.ts";
import type { Prng } from "./prng.ts";
import type { Life, Scheduler } from "./scheduler.ts";

/** Who calls: an object or an isolate. */
export interface Caller {
  readonly name: string;
  readonly life: Life;
  /** Sends when everything the caller wrote is on disk. */
  send(message: () => void): void;
}

/** Calls between objects that may be lost, doubled, late, out of order, or done without an answer. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  /** `caller > target` */
  readonly #cut = new Set<string>();
  #faulty = true;

  constructor(scheduler: Scheduler, random: Prng) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  get isFaulty(): boolean {
    return this.#faulty;
  }

  setFaulty(faulty: boolean): void {
    this.#faulty = faulty;
  }

  cut(caller: string, target: string): void {
    this.#cut.add(`${caller} > ${target}`);
  }

  mend(caller: string, target: string): void {
    this.#cut.delete(`${caller} > ${target}`);
  }

  call<T, R>(
    caller: Caller,
    target: ObjectHost<T>,
    what: string,
    invoke: (object: T) => Promise<R> | R,
  ): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const { life } = caller;
    const back = (answer: () => void) => {
      if (this.#happens(0.05)) return;
      this.#scheduler.in(this.#delay(), `answer of ${target.name}: ${what}`, () => {
        if (life.alive) answer();
      });
    };
    const fail = (cause: unknown) => back(() => reject(cause));
    const deliver = () => {
      const ended = target.run(invoke);
      ended.then((value) => target.send(() => back(() => resolve(value))), fail);
    };
    caller.send(() => {
      if (this.#cut.has(`${caller.name} > ${target.name}`) || this.#happens(0.04)) {
        if (this.#random.chance(0.5)) fail(new Error("the network lost it"));
        return;
      }
      const copies = this.#happens(0.04) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        this.#scheduler.in(this.#delay(), `${caller.name} > ${target.name}: ${what}`, deliver);
      }
    });
    return promise;
  }

  #happens(probability: number): boolean {
    return this.#faulty && this.#random.chance(probability);
  }

  #delay(): number {
    if (this.#happens(0.02)) return this.#random.between(1_000, 15_000);
    if (this.#happens(0.1)) return this.#random.between(50, 800);
    return this.#random.between(1, 8);
  }
}
