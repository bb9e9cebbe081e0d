import type { BreakerPhase } from "../core/breaker.ts";

/** How a backend stands with this isolate. */
export interface BackendState {
  readonly backend: string;
  /** `closed`: it is asked; `open`: it is left alone after failures; `probing`: one call is trying it. */
  readonly state: BreakerPhase;
  /** Since when it has not been closed, unix ms; absent while it is. */
  readonly since?: number;
}

export interface Backends {
  /** Those of which there is one, always; of the many of a kind, objects, at most `BREAKERS_SHOWN` that are not closed. */
  states(): readonly BackendState[];
}
