import { type ExclusionEffect, type ExclusionKind, ruleName } from "./exclusion.ts";
import { EDGE_VERDICTS, VERDICTS } from "./verdict.ts";

/** What of an event of the raw log a decision of operators may name. Hashes as 16 hexadecimal digits. */
export interface NamedLine {
  /** Ms. */
  readonly at: number;
  readonly content: string;
  readonly visitor: string;
  /** The visitor under the key of the day before. */
  readonly prev?: string;
  readonly net: string;
  readonly browser: string;
  readonly asnClass: string;
  /** As the Tally wrote it. */
  readonly verdict: string;
  /** Version of the edge's rules. */
  readonly rule: number;
}

/** A decision of operators that stands, as it is looked up. */
export interface StandingRecord {
  readonly id: string;
  readonly effect: ExclusionEffect;
  readonly kind: ExclusionKind;
  readonly value: string;
  /** Absent: of any content. */
  readonly content?: string | undefined;
  /** Ms; until before `toAt`, absent: for ever. */
  readonly fromAt: number;
  readonly toAt?: number | undefined;
}

/** What the strict fold is to be told of an event besides what the event says. */
export interface LineRuling {
  /** Code of the edge's verdict, or countable where a decision reinstates the event. */
  readonly edgeVerdict: number;
  /** Not counted, whatever else is said of it. */
  readonly excluded: boolean;
  /** Held as a suspect; nobody has let it count. */
  readonly held: boolean;
  /**
   * Id of the decision without which the ruling would be another. One event is put down to one decision, the oldest of
   * those that name it, so that what they did adds up.
   */
  readonly record?: string;
}

/** @param sealed code of the edge's verdict of the line */
export type RuleOnLine = (line: NamedLine, sealed: number) => LineRuling;

/** What held events are named by, where their rule is switched off. */
export const SUSPECT_RULE = ruleName("suspect", 1);

/**
 * How the events of an hour are to be judged, as operators have decided and suspicions have it. `exclude` goes before
 * `reinstate`. A user's id is in no event: what excludes a user excludes the visitor keys it is made into.
 * @param isHeld whether an event that was held as a suspect stays out of the count; asked of no others
 */
export const ruleOnLines = (
  records: readonly StandingRecord[],
  isHeld: (line: NamedLine) => boolean = () => false,
): RuleOnLine => {
  const find = { exclude: finder(records, "exclude"), reinstate: finder(records, "reinstate") };
  return (line, sealed) => {
    const held = line.verdict === "suspect" && isHeld(line);
    const excludedBy = find.exclude(line);
    if (excludedBy !== undefined) {
      return { edgeVerdict: sealed, excluded: true, held, record: excludedBy };
    }
    const reinstatedBy = held || isJudgedByRule(sealed) ? find.reinstate(line) : undefined;
    if (reinstatedBy === undefined) return { edgeVerdict: sealed, excluded: false, held };
    const { countable } = EDGE_VERDICTS;
    return { edgeVerdict: countable, excluded: false, held: false, record: reinstatedBy };
  };
};

/** What a later version of the edge has sealed stays as it is: nobody here knows what it means. */
const isJudgedByRule = (sealed: number): boolean =>
  sealed === VERDICTS.bot || sealed === VERDICTS.prefetch;

/** What a kind of decision calls an event by. */
const NAMES: Readonly<Record<ExclusionKind, (line: NamedLine) => string | undefined>> = {
  visitor: ({ visitor }) => visitor,
  network: ({ net }) => net,
  browser: ({ browser }) => browser,
  user: () => undefined,
  asn: ({ asnClass }) => asnClass,
  content: ({ content }) => content,
  rule: ({ verdict, rule }) => ruleOf(verdict, rule),
};

const ruleOf = (verdict: string, version: number): string | undefined => {
  if (verdict === "suspect") return SUSPECT_RULE;
  return verdict === "bot" || verdict === "prefetch" ? ruleName(verdict, version) : undefined;
};

type Ranked = StandingRecord & { readonly rank: number };
type ByName = ReadonlyMap<string, readonly Ranked[]>;

/** Only kinds that some decision is of are looked at: for nearly every hour that is none. */
const finder = (
  records: readonly StandingRecord[],
  effect: ExclusionEffect,
): ((line: NamedLine) => string | undefined) => {
  const lookups = lookupsOf(records.filter((record) => record.effect === effect));
  if (lookups.length === 0) return () => undefined;
  return (line) => {
    let oldest: Ranked | undefined;
    for (const { nameOf, byName } of lookups) {
      const name = nameOf(line);
      for (const record of (name !== undefined && byName.get(name)) || []) {
        if (covers(record, line) && record.rank < (oldest?.rank ?? Number.POSITIVE_INFINITY))
          oldest = record;
      }
    }
    return oldest?.id;
  };
};

interface Lookup {
  readonly nameOf: (line: NamedLine) => string | undefined;
  readonly byName: ByName;
}

/** Ids are made in the order of time. */
const lookupsOf = (records: readonly StandingRecord[]): readonly Lookup[] => {
  const byKind = new Map<ExclusionKind, Map<string, Ranked[]>>();
  const sorted = records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const [rank, record] of sorted.entries()) {
    const { kind, value } = record;
    const byName = byKind.get(kind) ?? new Map<string, Ranked[]>();
    const same = byName.get(value) ?? [];
    same.push({ ...record, rank });
    byKind.set(kind, byName.set(value, same));
  }
  return Array.from(byKind).flatMap(([kind, byName]) => {
    const lookup = { nameOf: NAMES[kind], byName };
    return kind === "visitor" ? [lookup, { nameOf: previousOf, byName }] : [lookup];
  });
};

const previousOf = ({ prev }: NamedLine): string | undefined => prev;

const covers = ({ content, fromAt, toAt }: StandingRecord, line: NamedLine): boolean =>
  (content === undefined || content === line.content) &&
  line.at >= fromAt &&
  (toAt === undefined || line.at < toAt);
