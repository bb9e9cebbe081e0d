import { DAY_MS, MINUTE_MS, TOKEN_LIFE_MS } from "../limits.ts";
import { SLOT_MS } from "../views/slots.ts";
import { CULPRIT_KINDS, type CulpritKind, type Finding, type SuspicionRule } from "./finding.ts";

/** A suspicion of which nothing was found for so long is over. */
export const QUIET_MS = 10 * MINUTE_MS;

/** What goes on is told so often, and at once where its score has risen by this much. */
const TOLD_EVERY_MS = MINUTE_MS;
const TOLD_AT_SCORE_STEP = 10;

/** What was dismissed is not raised anew for so long: keys of networks and visitors are others by then. */
const DISMISSED_FOR_MS = DAY_MS;

/** A suspicion that may go on. All times are unix ms. */
export interface OpenSuspicion {
  readonly id: string;
  /** Empty: over contents. */
  readonly content: string;
  /** Keys as 16 hexadecimal digits. */
  readonly culprit: { readonly kind: CulpritKind; readonly value: string };
  readonly rule: SuspicionRule;
  /** The largest there was. */
  readonly score: number;
  readonly raisedAt: number;
  readonly fromAt: number;
  readonly toAt: number;
  /** When it scored so high. */
  readonly evidence: Finding["evidence"];
  readonly status: "open" | "excluded" | "dismissed";
  /** When it is over, once an operator has decided; 0: nobody did. */
  readonly endsAt: number;
  /** When the database was last told, 0: never; and what it was told. */
  readonly toldAt: number;
  readonly toldTo: number;
  readonly toldScore: number;
}

/**
 * What a finding begins. What it is about begins where the oldest token was opened that could be confirmed in the slot
 * in which it was found: so the first events of whatever it is are in it, which came before there were enough.
 * @param foundAt ms
 */
export const begun = (
  id: string,
  finding: Finding,
  value: string,
  foundAt: number,
): OpenSuspicion => ({
  id,
  content: finding.content ?? "",
  culprit: { kind: finding.culprit.kind, value },
  rule: finding.rule,
  score: finding.score,
  raisedAt: foundAt,
  fromAt: foundAt - (foundAt % SLOT_MS) - TOKEN_LIFE_MS,
  toAt: foundAt + 1,
  evidence: finding.evidence,
  status: "open",
  endsAt: 0,
  toldAt: 0,
  toldTo: 0,
  toldScore: 0,
});

/** It goes on. */
export const renewed = (open: OpenSuspicion, finding: Finding, foundAt: number): OpenSuspicion => ({
  ...open,
  toAt: Math.max(open.toAt, foundAt + 1),
  ...(finding.score >= open.score && { score: finding.score, evidence: finding.evidence }),
});

/** Whether the database is to be told now. What was decided stays as it is there. */
export const isToBeTold = (open: OpenSuspicion, now: number): boolean => {
  if (open.status !== "open") return false;
  if (open.toldAt === 0 || open.score >= open.toldScore + TOLD_AT_SCORE_STEP) return true;
  return open.toAt > open.toldTo && (now >= open.toldAt + TOLD_EVERY_MS || isQuiet(open, now));
};

const isQuiet = ({ toAt }: OpenSuspicion, now: number): boolean => now >= toAt + QUIET_MS;

/** What an operator has said of it. @param toAt as it is recorded, which stays as it was then */
export const decided = (
  open: OpenSuspicion,
  status: "excluded" | "dismissed",
  toAt: number,
  decidedAt: number,
): OpenSuspicion => ({
  ...open,
  status,
  endsAt:
    status === "dismissed"
      ? decidedAt + DISMISSED_FOR_MS
      : excludedUntil(open.culprit.kind, toAt, decidedAt),
});

/** Whether it is over, and what is found from then on begins another. */
export const isOver = (open: OpenSuspicion, now: number): boolean =>
  open.status === "open" ? isQuiet(open, now) : now >= open.endsAt;

/** Whether what the culprit does is held while it goes on. A content is nobody: all its visitors would be held. */
export const isHolding = ({ status, culprit }: OpenSuspicion): boolean =>
  status !== "dismissed" && culprit.kind !== "content";

/**
 * Until when an operator's exclusion names the culprit, ms. What goes on when it is decided goes on after it: a network or
 * visitor is named for a day, when its key is another; a family of browsers has others in it, and a content too.
 */
export const excludedUntil = (kind: CulpritKind, toAt: number, decidedAt: number): number => {
  const goesOn = decidedAt < toAt + QUIET_MS;
  if (!goesOn) return toAt + QUIET_MS;
  return decidedAt + (kind === "network" || kind === "visitor" ? DAY_MS : QUIET_MS);
};

/** What the database keeps of it beside its columns. @see culpritOf */
export const detailOf = ({ culprit, evidence }: OpenSuspicion): string =>
  JSON.stringify({ culprit, evidence });

/** @returns the culprit in a record's detail; `undefined`: somebody else has written it */
export const culpritOf = (detail: string): OpenSuspicion["culprit"] | undefined => {
  let read: unknown;
  try {
    read = JSON.parse(detail);
  } catch {
    return undefined;
  }
  const { culprit } = Object(read) as { readonly culprit?: unknown };
  const { kind, value } = Object(culprit) as { readonly kind?: unknown; readonly value?: unknown };
  const known = CULPRIT_KINDS.find((name) => name === kind);
  return known === undefined || typeof value !== "string" ? undefined : { kind: known, value };
};
