/** What happens in a world of live streams, as data: the driver does it, the model says what has to come of it. */

/** Ms; the end is outside. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One connection of a visitor. */
export interface Visit {
  readonly visitor: string;
  readonly way: "socket" | "lease";
  /** Of a lease always `viewer`. */
  readonly role: "viewer" | "observer";
  /** It gives a sign of life then and every `SIGN_EVERY_MS`, ms. */
  readonly from: number;
  /** Ms; no sign of life comes after it. */
  readonly to: number;
  /** Of a socket: the room hears of its end, or hears nothing any more. A lease always falls silent. */
  readonly ends: "close" | "silence";
}

/** The room's instance ends, at a moment when all of it is saved; the next thing to do wakes another. */
export interface Eviction {
  readonly at: number;
  /** Whether the sockets outlive it, or are gone without a word. */
  readonly sockets: "hibernate" | "drop";
}

export interface StreamPlan {
  readonly stream: string;
  readonly broadcaster: string;
  readonly category: string | null;
  /** When it is live, one start after the other. */
  readonly spans: readonly Span[];
  readonly visits: readonly Visit[];
  readonly evictions: readonly Eviction[];
}

/** A reporting day, said outright: no calendar is asked. */
export interface PlannedDay extends Span {
  /** 20261121 */
  readonly day: number;
}

/** As clients do it. */
export const SIGN_EVERY_MS = 20_000;
/** Who was not heard of for so long is no viewer. */
export const SILENT_MS = 50_000;
export const WINDOW_MS = 300_000;

/** The last sign of life of a visit at or before `at`, ms. */
export const heardBy = ({ from, to }: Span, at: number): number =>
  from + Math.floor((Math.min(at, to) - from) / SIGN_EVERY_MS) * SIGN_EVERY_MS;

/** When it is out of the number, should nothing else end it before, ms. */
export const naturalEnd = (visit: Visit): number =>
  visit.way === "socket" && visit.ends === "close"
    ? visit.to
    : heardBy(visit, visit.to) + SILENT_MS;
