/**
 * What became of an event. The edge's part is sealed into the token and so the same in every copy;
 * the fold's part is stored beside each logged event. Codes are written to logs: never reuse one.
 */

export const EDGE_VERDICTS = { countable: 0, bot: 1, prefetch: 2 } as const;
export type EdgeVerdict = keyof typeof EDGE_VERDICTS;

export const VERDICTS = {
  counted: 0,
  ...{ bot: EDGE_VERDICTS.bot, prefetch: EDGE_VERDICTS.prefetch },
  /** This event id was seen, or another counted view of the same visitor and content is less than 60 s away. */
  duplicate: 16,
  /** Too old for the window to judge; correction decides. */
  late: 17,
  /** Bytes that are no event of a known format: kept, never counted. */
  unreadable: 18,
  /** An edge verdict of a later version than this code: kept, not counted. */
  unknown: 19,
  /** What an operator has excluded: correction alone says so. */
  excluded: 20,
  /** Looks like tampering, and is held until correction decides; only where suspects are held. */
  suspect: 21,
} as const;
export type Verdict = keyof typeof VERDICTS;

/** Version of the rules by which the edge classifies; sealed beside the verdict. */
export const EDGE_RULE_VERSION = 1;

const NAMES = new Map<number, Verdict>(
  Object.entries(VERDICTS).map(([name, code]) => [code, name as Verdict]),
);

/** @returns the verdict a stored code stands for; a code of a later version reads as `unknown`. */
export const verdictOf = (code: number): Verdict => NAMES.get(code) ?? "unknown";
