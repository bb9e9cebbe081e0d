import { type CulpritKind, SURE_SCORE } from "./finding.ts";
import { QUIET_MS } from "./open-suspicion.ts";

/** `count`: what is suspect is flagged and counted. `hold`: what comes of it from then on waits for correction. */
export const SUSPECT_MODES = ["count", "hold"] as const;
export type SuspectMode = (typeof SUSPECT_MODES)[number];

/** What the rule has to know of a suspicion. */
export interface HeldSuspicion {
  /** Empty: of any content. */
  readonly content: string;
  readonly culprit: { readonly kind: CulpritKind; readonly value: string };
  readonly score: number;
  readonly status: "open" | "excluded" | "dismissed";
  /** Ms. */
  readonly fromAt: number;
  readonly toAt: number;
}

/** What of an event the rule looks at: keys as text, as they are in the raw log. */
export interface HeldEvent {
  readonly at: number;
  readonly content: string;
  readonly visitor: string;
  readonly prev?: string | undefined;
  readonly net: string;
  readonly browser: string;
}

/**
 * `held@1`: an event that was held as `suspect` counts, unless suspects are held and a suspicion stands that names it: of
 * its content, culprit and time, open or excluded, and with a score of `SURE_SCORE` or more. What was dismissed, and what
 * was suspected on weak grounds and then forgotten, counts; so does all that was held where suspects are counted by now.
 * Exclusions are others' business, and go before it.
 * @returns whether an event that was held is not to count
 */
export const heldBy = (
  mode: SuspectMode,
  suspicions: readonly HeldSuspicion[],
): ((event: HeldEvent) => boolean) => {
  const standing = suspicions.filter(
    ({ status, score }) => status !== "dismissed" && score >= SURE_SCORE,
  );
  if (mode === "count" || standing.length === 0) return () => false;
  return (event) => standing.some((suspicion) => isNamed(suspicion, event));
};

const isNamed = ({ content, culprit, fromAt, toAt }: HeldSuspicion, event: HeldEvent): boolean =>
  (content === "" || content === event.content) &&
  // What came after it was last seen was held while it went on.
  event.at >= fromAt &&
  event.at < toAt + QUIET_MS &&
  isCulprit(culprit, event);

const isCulprit = ({ kind, value }: HeldSuspicion["culprit"], event: HeldEvent): boolean => {
  switch (kind) {
    case "visitor":
      return value === event.visitor || value === event.prev;
    case "network":
      return value === event.net;
    case "browser":
      return value === event.browser;
    case "content":
      return false;
  }
};
