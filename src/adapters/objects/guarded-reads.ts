import {
  CAPS_TIMEOUT_MS,
  OBJECT_READ_ATTEMPTS,
  OBJECT_RETRY_MAX_MS,
  OBJECT_RETRY_MIN_MS,
  READ_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { NetworkCapObjects } from "../../ports/network-caps.ts";
import type { Rankings } from "../../ports/rankings.ts";
import type { Rooms } from "../../ports/rooms.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { ViewRankings } from "../../ports/view-rankings.ts";
import type { Breakers } from "../breakers.ts";
import { type GuardDeps, guarded, type Policy } from "../guarded.ts";
import { isOverloaded, isRetryable } from "./stubs.ts";

type Deps = Omit<GuardDeps, "gate"> & { readonly breakers: Breakers };

/** Each Tally is left alone for itself. */
export const guardedCounts = (
  { counts }: Pick<Tallies, "counts">,
  { breakers, ...deps }: Deps,
): Pick<Tallies, "counts"> =>
  guarded({ counts }, policyOf("tallies"), { ...deps, gate: breakers.ofEach("tally") });

/** Whether a Tally is left alone is one thing, whatever it is asked. */
export const guardedTraces = (
  { traceView }: Pick<Tallies, "traceView">,
  { breakers, ...deps }: Deps,
): Pick<Tallies, "traceView"> =>
  guarded({ traceView }, policyOf("tallies"), { ...deps, gate: breakers.ofEach("tally") });

/** The same of whether it knows a content. */
export const guardedStandings = (
  { standing }: Pick<Tallies, "standing">,
  { breakers, ...deps }: Deps,
): Pick<Tallies, "standing"> =>
  guarded({ standing }, policyOf("tallies"), { ...deps, gate: breakers.ofEach("tally") });

/** What an object of caps is told twice is as told once. */
export const guardedCaps = (
  caps: NetworkCapObjects,
  { breakers, ...deps }: Deps,
): NetworkCapObjects =>
  guarded(caps, policyOf("caps", CAPS_TIMEOUT_MS), { ...deps, gate: breakers.ofEach("caps") });

/** Each Room is left alone for itself. */
export const guardedNumbers = (
  { numbers }: Pick<Rooms, "numbers">,
  { breakers, ...deps }: Deps,
): Pick<Rooms, "numbers"> =>
  guarded({ numbers }, policyOf("rooms"), { ...deps, gate: breakers.ofEach("room") });

export const guardedLive = (
  { live }: Pick<Rankings, "live">,
  { breakers, ...deps }: Deps,
): Pick<Rankings, "live"> =>
  guarded({ live }, policyOf("rankings"), { ...deps, gate: breakers.of("rankings") });

export const guardedViews = (
  { views }: Pick<ViewRankings, "views">,
  { breakers, ...deps }: Deps,
): Pick<ViewRankings, "views"> =>
  guarded({ views }, policyOf("rankings:views"), { ...deps, gate: breakers.of("rankings:views") });

/** An object has nothing but failures of its own: what is expected it answers. */
const policyOf = (port: string, timeoutMs = READ_TIMEOUT_MS): Policy => ({
  port,
  timeoutMs,
  tries: {
    attempts: OBJECT_READ_ATTEMPTS,
    minPauseMs: OBJECT_RETRY_MIN_MS,
    maxPauseMs: OBJECT_RETRY_MAX_MS,
  },
  explain: (cause) => ({
    error: cause instanceof Error ? cause : new Error(`${cause}`),
    mayPass: isRetryable(cause),
    fault: isOverloaded(cause) ? "overload" : "backend",
  }),
});
