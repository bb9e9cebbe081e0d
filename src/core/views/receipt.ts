import { RECEIPT_SETTLE_MS, TOKEN_LIFE_MS } from "../limits.ts";
import { judgeDwell } from "./dwell.ts";
import { ruleName } from "./exclusion.ts";
import type { Verdict } from "./verdict.ts";

/** What is known of an event that log or archive have. */
export interface Found {
  readonly verdict: Verdict;
  readonly decidedBy: "realtime" | "correction";
  /** Ms. */
  readonly confirmedAt: number;
  /** Of a duplicate: when the view that counts instead was opened, ms. */
  readonly of?: number;
}

/** What became of a view, as its owner is told. Times in ms. */
export type Outcome =
  /** Nothing came of it yet; `too-early`: it cannot have. */
  | { readonly status: "pending"; readonly reason: "too-early"; readonly retryAfterMs: number }
  | { readonly status: "pending"; readonly reason: "not-confirmed" }
  /** The token is out of life, and nobody has confirmed it. */
  | { readonly status: "unconfirmed" }
  | {
      readonly status: Verdict;
      readonly decidedBy: Found["decidedBy"];
      readonly confirmedAt: number;
      readonly of?: number;
      /** What the edge took it for, and by which version of its rules. */
      readonly rule?: string;
    };

/**
 * @param event issue time, ms, and version of the edge's rules
 * @param found `undefined`: neither log nor archive have it, though it may be on its way there
 */
export const outcomeOf = (
  { at, ruleVersion }: { readonly at: number; readonly ruleVersion: number },
  found: Found | undefined,
  now: number,
): Outcome => {
  if (found === undefined) return outcomeOfNothing(at, now);
  const { verdict, ...rest } = found;
  const isEdges = verdict === "bot" || verdict === "prefetch";
  const told = { status: verdict, ...rest };
  return isEdges ? { ...told, rule: ruleName(verdict, ruleVersion) } : told;
};

const outcomeOfNothing = (at: number, now: number): Outcome => {
  const dwell = judgeDwell(at, now);
  if (dwell.status === "early") {
    return { status: "pending", reason: "too-early", retryAfterMs: dwell.retryAfterMs };
  }
  return now - at < TOKEN_LIFE_MS + RECEIPT_SETTLE_MS
    ? { status: "pending", reason: "not-confirmed" }
    : { status: "unconfirmed" };
};
