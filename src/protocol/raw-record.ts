/**
 * Lines of the raw log, version 1: what is known of an event, by itself, with what the Tally said of it. The format is
 * public (`docs/raw-log.md`): keys, their order and their meaning never change within a version.
 */
import type { Hash64 } from "../core/hash.ts";
import { type ContentId, contentId } from "../core/ids.ts";
import { EVENT_ID_BYTES, formatEventId } from "../core/views/event-id.ts";
import { EDGE_VERDICTS, type Verdict } from "../core/views/verdict.ts";
import { ASN_CLASSES, BROWSER_FAMILIES, type ViewEvent } from "../core/views/view-event.ts";
import { toBase64Url } from "./base64url.ts";
import type { Frame } from "./frame.ts";
import { hashOfHex, hexOfHash, putEventId } from "./hex.ts";

const VERSION = 1;
const UNKNOWN = "unknown:";

/** `unknown:` and the edge's code, where this version does not know it. */
export type RawVerdict = Exclude<Verdict, "unknown"> | `unknown:${number}`;

/** @returns what it is here; `unknown` where this version does not know it */
export const verdictOfRaw = (verdict: RawVerdict): Verdict =>
  isKnown(verdict) ? verdict : "unknown";

const isKnown = (verdict: RawVerdict): verdict is Exclude<Verdict, "unknown"> =>
  !verdict.startsWith(UNKNOWN);

/** A line as it is parsed: sound, and hashes and ids still as text, for whoever needs few of them. */
export interface RawLine {
  /** @see putEventId */
  readonly id: string;
  /** Unix ms. */
  readonly at: number;
  readonly content: ContentId;
  /** @see hashOfHex */
  readonly visitor: string;
  readonly prev?: string;
  readonly shard: number;
  readonly verdict: RawVerdict;
  readonly rule: number;
  readonly counted: boolean;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly asnClass: string;
  readonly net: string;
  readonly browser: string;
  readonly colo: string;
  /** Unix ms. */
  readonly acceptedAt: number;
}

/** A line with all that is in it. */
export interface RawRecord {
  readonly event: ViewEvent;
  readonly verdict: RawVerdict;
  readonly counted: boolean;
  readonly colo: string;
  /** When the confirm arrived, ms. */
  readonly acceptedAt: number;
}

/**
 * @param verdict what the Tally said
 * @param colo where the confirm arrived, @see coloOfSource
 * @returns a line without its end
 */
export const encodeRawRecord = (
  { event, acceptedAt }: Pick<Frame, "event" | "acceptedAt">,
  verdict: Verdict,
  colo: string,
): string => {
  const { previousVisitor } = event;
  const text = rawVerdict(event.edgeVerdict, verdict);
  return JSON.stringify({
    v: VERSION,
    id: formatEventId(event.id),
    at: event.at,
    content: event.content,
    visitor: hexOfHash(event.visitor),
    prev: previousVisitor && hexOfHash(previousVisitor),
    shard: event.shard,
    verdict: text,
    rule: event.ruleVersion,
    counted: text === "counted",
    country: event.country,
    region: event.region,
    city: event.city,
    asnClass: event.asnClass,
    net: hexOfHash(event.network),
    browser: event.browser,
    colo,
    acceptedAt,
  });
};

/** What the edge sealed goes before what the Tally stored: a code of a later version may look like one of the fold's. */
const rawVerdict = (edgeVerdict: number, verdict: Verdict): RawVerdict => {
  if (edgeVerdict === EDGE_VERDICTS.bot) return "bot";
  if (edgeVerdict === EDGE_VERDICTS.prefetch) return "prefetch";
  const isFolds = edgeVerdict === EDGE_VERDICTS.countable && FOLD_VERDICTS.has(verdict);
  return isFolds && verdict !== "unknown" ? verdict : `unknown:${edgeVerdict}`;
};

/** `unreadable` among them: a later version than the one that folded it may have read it when it was archived. */
const FOLD_VERDICTS: ReadonlySet<string> = new Set<Verdict>([
  "counted",
  "duplicate",
  "late",
  "unreadable",
  "suspect",
]);

/**
 * The cheap half of `decodeRawRecord`.
 * @returns `undefined` when the line is no record of a known version; keys it does not know are left alone
 */
export const parseRawLine = (line: string): RawLine | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isRawLine(value) ? value : undefined;
};

type Unchecked = { readonly v?: unknown } & { readonly [key in keyof RawLine]?: unknown };

const isRawLine = (value: unknown): value is RawLine => {
  if (typeof value !== "object" || value === null) return false;
  const line: Unchecked = value;
  return (
    line.v === VERSION &&
    typeof line.id === "string" &&
    isWhole(line.at) &&
    typeof line.content === "string" &&
    contentId(line.content) !== undefined &&
    typeof line.visitor === "string" &&
    (line.prev === undefined || typeof line.prev === "string") &&
    isWhole(line.shard) &&
    edgeVerdictOf(line.verdict) !== undefined &&
    isWhole(line.rule) &&
    typeof line.counted === "boolean" &&
    typeof line.country === "string" &&
    typeof line.region === "string" &&
    typeof line.city === "string" &&
    typeof line.asnClass === "string" &&
    typeof line.net === "string" &&
    typeof line.browser === "string" &&
    typeof line.colo === "string" &&
    isWhole(line.acceptedAt)
  );
};

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** @returns code of the edge's verdict, 0 where it was countable; `undefined` for what is no verdict of this version */
export const edgeVerdictOf = (verdict: unknown): number | undefined => {
  if (typeof verdict !== "string") return undefined;
  if (FOLD_VERDICTS.has(verdict)) return EDGE_VERDICTS.countable;
  if (verdict === "bot") return EDGE_VERDICTS.bot;
  if (verdict === "prefetch") return EDGE_VERDICTS.prefetch;
  if (!verdict.startsWith(UNKNOWN)) return undefined;
  const code = Number(verdict.slice(UNKNOWN.length));
  return verdict === `${UNKNOWN}${code}` && isWhole(code) ? code : undefined;
};

/** @returns the record, or `undefined` when the line is none of a known version: old stored bytes are read with suspicion */
export const decodeRawRecord = (text: string): RawRecord | undefined => {
  const line = parseRawLine(text);
  if (line === undefined) return undefined;
  const visitor = hashOfHex(line.visitor);
  const network = hashOfHex(line.net);
  const edgeVerdict = edgeVerdictOf(line.verdict);
  const previousVisitor = line.prev === undefined ? NO_HASH : hashOfHex(line.prev);
  if (
    visitor === undefined ||
    network === undefined ||
    edgeVerdict === undefined ||
    previousVisitor === undefined ||
    !putEventId(scratchView, 0, line.id, line.at)
  ) {
    return undefined;
  }
  const { at, content, shard, country, region, city, verdict, counted, colo, acceptedAt } = line;
  const event: ViewEvent = {
    id: scratch.slice(),
    at,
    content,
    visitor,
    shard,
    edgeVerdict,
    ruleVersion: line.rule,
    country,
    region,
    city,
    asnClass: ASN_CLASSES.find((name) => name === line.asnClass) ?? "unknown",
    network,
    browser: BROWSER_FAMILIES.find((name) => name === line.browser) ?? "other",
  };
  return {
    event: previousVisitor === NO_HASH ? event : { ...event, previousVisitor },
    verdict,
    counted,
    colo,
    acceptedAt,
  };
};

/** A view of its own for each id costs as much as all the rest of a line. */
const scratch = new Uint8Array(EVENT_ID_BYTES);
const scratchView = new DataView(scratch.buffer);

const NO_HASH: Hash64 = { hi: 0, lo: 0 };

/** @returns the location in the name of a log entry's source, `collector:<colo>:<k>:…` */
export const coloOfSource = (source: string): string => source.split(":", 2)[1] ?? "";

/** Bytes that were no event of a known format when they were archived, kept for whoever can read them. */
export interface UnreadableRecord {
  readonly shard: number;
  /** Log position of the chunk that brought them. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** @returns a line without its end */
export const encodeUnreadable = ({ shard, position, bytes }: UnreadableRecord): string =>
  JSON.stringify({
    v: VERSION,
    verdict: "unreadable",
    shard,
    position,
    bytes: toBase64Url(bytes),
  });
