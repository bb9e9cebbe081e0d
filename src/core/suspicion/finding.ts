import type { Hash64 } from "../hash.ts";
import type { ContentId } from "../ids.ts";
import type { BrowserFamily } from "../views/view-event.ts";

/** Rules of suspicion with their versions: a rule that is changed gets a new one, since records name it. */
export const SUSPICION_RULES = [
  "content-rate@1",
  "network-share@1",
  "browser-share@1",
  "visitor-velocity@1",
  "network-velocity@1",
] as const;
export type SuspicionRule = (typeof SUSPICION_RULES)[number];

/** What an exclusion would name, the words are those of exclusions. */
export const CULPRIT_KINDS = ["visitor", "network", "browser", "content"] as const;
export type CulpritKind = (typeof CULPRIT_KINDS)[number];

/** Whose views look made up. */
export type Culprit =
  | { readonly kind: "visitor" | "network"; readonly key: Hash64 }
  | { readonly kind: "browser"; readonly family: BrowserFamily }
  /** Too many to be named: of the content's views at the time all may be. */
  | { readonly kind: "content" };

/** What a rule has seen. */
export interface Finding {
  readonly rule: SuspicionRule;
  /** Absent: over contents. */
  readonly content?: ContentId;
  readonly culprit: Culprit;
  /** 0 to 100: how far it lies above the rule's thresholds. From `SURE_SCORE` on, correction goes by it. */
  readonly score: number;
  /** The numbers behind it, by name: counts, shares in [0, 1] with three digits, what is usual. */
  readonly evidence: Readonly<Record<string, number>>;
}

/** Below this a suspicion decides nothing by itself. */
export const SURE_SCORE = 80;
