import { Breaker, type Pass } from "../core/breaker.ts";
import { BREAKER_MAX_KEYS, BREAKERS_SHOWN } from "../core/limits.ts";
import type { BackendState, Backends } from "../ports/backends.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

export interface BreakersDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** A breaker with the name of its backend, by this isolate's clock; tells the log when it opens and when it closes. */
export class Gate {
  readonly backend: string;
  readonly #breaker = new Breaker();
  readonly #deps: BreakersDeps;
  #closedAt = Number.NEGATIVE_INFINITY;

  constructor(backend: string, deps: BreakersDeps) {
    this.backend = backend;
    this.#deps = deps;
  }

  /** @see Breaker.admit */
  admit(probeMs: number): Pass | undefined {
    return this.#breaker.admit(this.#deps.clock.now(), probeMs);
  }

  /** @see Breaker.pass */
  get pass(): Pass | undefined {
    return this.#breaker.pass;
  }

  get isClosed(): boolean {
    return this.#breaker.state.phase === "closed";
  }

  /** It was away, and came back less than this ago. */
  isBackFor(lessThanMs: number): boolean {
    return this.#deps.clock.now() - this.#closedAt < lessThanMs;
  }

  get state(): BackendState {
    const { phase: state, since } = this.#breaker.state;
    return { backend: this.backend, state, ...(since !== null && { since }) };
  }

  succeeded(): void {
    const { clock, log } = this.#deps;
    const { since } = this.#breaker.state;
    this.#breaker.succeeded();
    if (since === null) return;
    this.#closedAt = clock.now();
    log.info("breaker.closed", { backend: this.backend, afterMs: this.#closedAt - since });
  }

  failed(pass: Pass | undefined, isOverload: boolean): void {
    const { clock, log } = this.#deps;
    const wasClosed = this.isClosed;
    this.#breaker.failed(pass, clock.now(), isOverload);
    if (!wasClosed || this.isClosed) return;
    const { failures, restMs } = this.#breaker.state;
    log.warn("breaker.opened", { backend: this.backend, failures, restMs });
  }
}

/** An isolate's breakers by the names of their backends. */
export class Breakers implements Backends {
  readonly #deps: BreakersDeps;
  readonly #fixed = new Map<string, Gate>();
  readonly #keyed = new Map<string, Map<string, Gate>>();

  constructor(deps: BreakersDeps) {
    this.#deps = deps;
  }

  /** Of a backend there is one of. @returns the same for the same name */
  of(backend: string): Gate {
    return this.#in(this.#fixed, backend);
  }

  /**
   * Of many of a kind, `<kind>:<key>`. So many of them are remembered; when there are more, one that is closed is
   * forgotten, and where none is the one that is known longest.
   */
  ofEach(kind: string): (key: unknown) => Gate {
    const gates = this.#keyed.get(kind) ?? new Map<string, Gate>();
    this.#keyed.set(kind, gates);
    return (key) => {
      const backend = `${kind}:${key}`;
      if (!gates.has(backend) && gates.size >= BREAKER_MAX_KEYS) forgetOne(gates);
      return this.#in(gates, backend);
    };
  }

  states(): readonly BackendState[] {
    const keyed = [...this.#keyed.values()].flatMap((gates) => [...gates.values()]);
    const away = keyed.filter((gate) => !gate.isClosed).slice(0, BREAKERS_SHOWN);
    return [...this.#fixed.values(), ...away].map(({ state }) => state);
  }

  #in(gates: Map<string, Gate>, backend: string): Gate {
    let gate = gates.get(backend);
    if (gate === undefined) {
      gate = new Gate(backend, this.#deps);
      gates.set(backend, gate);
    }
    return gate;
  }
}

const forgetOne = (gates: Map<string, Gate>): void => {
  for (const [backend, { isClosed }] of gates) {
    if (isClosed) {
      gates.delete(backend);
      return;
    }
  }
  for (const oldest of gates.keys()) {
    gates.delete(oldest);
    return;
  }
};
