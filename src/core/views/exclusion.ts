/** What operators decide about events that a rule has judged: to leave some out, or to count some it left out. */

/** `exclude` goes before `reinstate` where both name an event. */
export const EXCLUSION_EFFECTS = ["exclude", "reinstate"] as const;
export type ExclusionEffect = (typeof EXCLUSION_EFFECTS)[number];

/**
 * By what events are named: a visitor's or network's key, a browser's family, a kind of network (`asn`), a content, or
 * the edge's rule that judged them. `user` names nothing: no event has a user's id.
 */
export const EXCLUSION_KINDS = [
  "visitor",
  "network",
  "browser",
  "user",
  "asn",
  "content",
  "rule",
] as const;
export type ExclusionKind = (typeof EXCLUSION_KINDS)[number];

/** Name of a rule with its version, as records and answers have it. @param rule `bot`, `prefetch`, `network-share` … */
export const ruleName = (rule: string, version: number): string => `${rule}@${version}`;
