/**
 * Names of the raw log's objects and what can be told from them. They are public (`docs/raw-log.md`): within a shard
 * they sort by generation and position, and one list of them says what is there and what is missing.
 */
import { formatHour } from "../core/views/hour-text.ts";

/** First and last of a run of log positions. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Log positions of one storage of a Tally. */
export interface RawRange extends Span {
  /** Unix ms at which the storage was born. */
  readonly generation: number;
}

export type RawName =
  /** Records of one hour (its start, unix ms). */
  | ({ readonly kind: "events"; readonly hour: number; readonly shard: number } & RawRange)
  /** What a range consists of; put last of it. */
  | ({ readonly kind: "index"; readonly shard: number } & RawRange)
  /** Bytes of a range that were no event of a known format. */
  | ({ readonly kind: "unreadable"; readonly shard: number } & RawRange);

export const formatRawName = (name: RawName): string => {
  const prefix =
    name.kind === "events"
      ? hourPrefix(name.hour, name.shard)
      : shardPrefix(FOLDERS[name.kind], name.shard);
  return `${prefix}${name.generation}-${digits(name.from)}-${digits(name.to)}.ndjson.gz`;
};

/** @returns what `formatRawName` wrote it from, or `undefined` when it wrote no such name */
export const parseRawName = (text: string): RawName | undefined => {
  const { folder = "", shard, generation, from, to } = PATTERN.exec(text)?.groups ?? {};
  const range = {
    shard: Number(shard),
    generation: Number(generation),
    from: Number(from),
    to: Number(to),
  };
  const kind = KINDS[folder];
  const name: RawName =
    kind === undefined
      ? { kind: "events", hour: Date.parse(`${folder.slice(HOURS.length)}:00Z`), ...range }
      : { kind, ...range };
  const isSound = range.from >= 1 && range.to >= range.from && !hasNaN(name);
  return isSound && formatRawName(name) === text ? name : undefined;
};

/** Of all objects with events of an hour, or of one shard's among them. @param hour its start, unix ms */
export const hourPrefix = (hour: number, shard?: number): string => {
  const folder = `${HOURS}${formatHour(hour)}`;
  return shard === undefined ? `${folder}/` : shardPrefix(folder, shard);
};

/** Of all index objects of a shard. */
export const indexPrefix = (shard: number): string => shardPrefix(FOLDERS.index, shard);

const HOURS = "raw/hour=";
const FOLDERS = { index: "index", unreadable: "raw-unreadable" } as const;
const KINDS: Partial<Record<string, keyof typeof FOLDERS>> = {
  index: "index",
  "raw-unreadable": "unreadable",
};
const PATTERN =
  /^(?<folder>index|raw-unreadable|raw\/hour=[^/]+)\/shard=(?<shard>\d+)\/(?<generation>\d+)-(?<from>\d+)-(?<to>\d+)\.ndjson\.gz$/;

const shardPrefix = (folder: string, shard: number): string =>
  `${folder}/shard=${String(shard).padStart(2, "0")}/`;

const digits = (position: number): string => String(position).padStart(12, "0");

const hasNaN = (name: RawName): boolean => name.kind === "events" && Number.isNaN(name.hour);

/** A line of an index object: an object of the range. */
export interface IndexEntry {
  /** Start of the hour, unix ms. */
  readonly hour: number;
  readonly name: string;
  /** Lines in it. */
  readonly events: number;
}

const INDEX_VERSION = 1;

/** @returns a line without its end */
export const encodeIndexLine = ({ hour, name, events }: IndexEntry): string =>
  JSON.stringify({ v: INDEX_VERSION, hour, name, events });

/** @returns the entry, or `undefined` when the line is none of a known version, or says another hour than its name */
export const decodeIndexLine = (line: string): IndexEntry | undefined => {
  const { v, hour, name, events } = fieldsOf(line);
  if (v !== INDEX_VERSION || typeof name !== "string" || typeof events !== "number")
    return undefined;
  const named = parseRawName(name);
  if (named?.kind !== "events" || named.hour !== hour) return undefined;
  return Number.isSafeInteger(events) && events >= 0
    ? { hour: named.hour, name, events }
    : undefined;
};

/**
 * A line of a restored Tally's first index object: the hour's views are not all in the raw log, so that its cells in
 * the database are better than a fold, also after the next loss.
 * @param hour its start, unix ms
 * @returns a line without its end
 */
export const encodeIncompleteLine = (hour: number): string =>
  JSON.stringify({ v: INDEX_VERSION, hour, incomplete: true });

/** @returns start of the hour, unix ms, or `undefined` when the line says nothing of the kind */
export const decodeIncompleteLine = (line: string): number | undefined => {
  const { v, hour, incomplete } = fieldsOf(line);
  const isOne = v === INDEX_VERSION && incomplete === true;
  return isOne && typeof hour === "number" && Number.isSafeInteger(hour) ? hour : undefined;
};

/** Of a JSON object; none when it is something else. */
const fieldsOf = (line: string): Readonly<Partial<Record<string, unknown>>> => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** What there is of one storage of a Tally. Its positions begin at 1. */
export interface Coverage {
  readonly generation: number;
  /** Positions that are there, in ascending order; neither overlaps nor touches the next. */
  readonly held: readonly Span[];
  /** Positions below the last one that are not there. */
  readonly holes: readonly Span[];
  /** Last position that is there. */
  readonly through: number;
}

/**
 * @param names of one shard's index objects, in any order, each as often as it likes; others are left alone
 * @returns in ascending order of generation
 */
export const coverageOf = (names: Iterable<string>): readonly Coverage[] => {
  const spans = new Map<number, Span[]>();
  for (const text of names) {
    const name = parseRawName(text);
    if (name?.kind !== "index") continue;
    const known = spans.get(name.generation) ?? [];
    known.push({ from: name.from, to: name.to });
    spans.set(name.generation, known);
  }
  return [...spans]
    .sort(([a], [b]) => a - b)
    .map(([generation, spansOfIt]) => {
      const held = joined(spansOfIt);
      return { generation, held, holes: between(held), through: held.at(-1)?.to ?? 0 };
    });
};

const joined = (spans: readonly Span[]): readonly Span[] => {
  const whole: Span[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last === undefined || from > last.to + 1) whole.push({ from, to });
    else whole[whole.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return whole;
};

const between = (held: readonly Span[]): readonly Span[] =>
  held.flatMap(({ from }, index) => {
    const after = held[index - 1]?.to ?? 0;
    return from > after + 1 ? [{ from: after + 1, to: from - 1 }] : [];
  });
