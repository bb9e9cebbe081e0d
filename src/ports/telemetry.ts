/** Numbers about the service itself, kept by (name, reason, hour); loss of some is accepted. */
export interface Telemetry {
  /** A mint whose verdict is not countable. */
  dropped(reason: string): void;
}
