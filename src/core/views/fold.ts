import { combine, type Hash64, hashText } from "../hash.ts";
import { DEDUPE_WINDOW_MS, HORIZON_MS } from "../limits.ts";
import { EDGE_VERDICTS, type Verdict, verdictOf } from "./verdict.ts";
import type { ViewEvent } from "./view-event.ts";
import type { CountedWindow } from "./window.ts";

/** The part of an event that its verdict depends on. */
export type Judged = Pick<
  ViewEvent,
  "at" | "content" | "visitor" | "previousVisitor" | "edgeVerdict"
>;

/**
 * The rule of counting, in arrival order: an event sealed as countable counts unless a counted view of the same
 * content by the same visitor (under today's key or yesterday's, matched either way) is less than 60 s away.
 * It is the greedy rule of `SET NX EX 60`: what was not counted suppresses nothing.
 * @param window takes the event in when it is counted
 * @param horizon ms; the window knows every counted view from here on, so an event closer than 60 s to it is `late`
 * @param isHeld left to correction, all of them: what is not counted suppresses nothing, so none of them is a duplicate
 */
export const judge = (
  window: CountedWindow,
  horizon: number,
  event: Judged,
  isHeld = false,
): Verdict => {
  if (event.edgeVerdict !== EDGE_VERDICTS.countable) return verdictOf(event.edgeVerdict);
  if (event.at - DEDUPE_WINDOW_MS < horizon) return "late";
  if (isHeld) return "suspect";
  const keys = keysOf(event);
  if (keys.some((key) => window.conflicts(key, event.at))) return "duplicate";
  for (const key of keys) window.add(key, event.at);
  return "counted";
};

/** Puts back into the window what a stored verdict says was counted. */
export const remember = (window: CountedWindow, event: Judged): void => {
  for (const key of keysOf(event)) window.add(key, event.at);
};

/** The horizon never falls: what the window forgot stays forgotten, even when a clock steps back. */
export const raiseHorizon = (horizon: number, now: number): number =>
  Math.max(horizon, now - HORIZON_MS);

/** Whether one of the two may stand in the way of the other: a visitor and a content in common. */
export const areOneVisitors = (a: Judged, b: Judged): boolean => {
  const keys = keysOf(b);
  return keysOf(a).some((key) => keys.some(({ hi, lo }) => key.hi === hi && key.lo === lo));
};

/** What a view is known by in the window: its visitor and content as one, under the day's key and the one before. */
export const keysOf = ({ content, visitor, previousVisitor }: Judged): readonly Hash64[] => {
  const hashed = hashText(content);
  const key = combine(hashed, visitor);
  return previousVisitor === undefined ? [key] : [key, combine(hashed, previousVisitor)];
};
