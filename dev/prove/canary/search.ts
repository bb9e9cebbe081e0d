/** Looks for marks in what was written, and says what it found where, and which of it is allowed. */
import type { Allowed } from "./allowed.ts";
import type { Encoding } from "./encodings.ts";
import { type Finder, type Found, makeFinder } from "./finder.ts";
import type { Mark, MarkKind } from "./marks.ts";
import { unpack } from "./unpack.ts";
import type { Place, Written } from "./written.ts";

/** One for each mark, place and form, however often it is there. */
export interface Leak {
  readonly kind: MarkKind;
  readonly mark: Mark;
  readonly place: Place;
  readonly name: string;
  readonly encoding: Encoding;
  /** It lay in a gzip stream. */
  readonly packed: boolean;
  /** What is around it, as far as it can be read; the mark is made up, so that it may be shown. */
  readonly excerpt: string;
}

export interface Searched {
  readonly leaks: readonly Leak[];
  /** How often each rule was needed. */
  readonly allowed: ReadonlyMap<Allowed, number>;
  /** What was looked through, bytes by place. */
  readonly bytes: ReadonlyMap<Place, number>;
}

export const search = (
  marks: readonly Mark[],
  pieces: Iterable<Written>,
  rules: readonly Allowed[],
): Searched => searchWith([makeFinder(marks)], pieces, rules);

export const searchWith = (
  finders: readonly Finder[],
  pieces: Iterable<Written>,
  rules: readonly Allowed[],
): Searched => {
  const leaks = new Map<string, Leak>();
  const allowed = new Map<Allowed, number>(rules.map((rule) => [rule, 0]));
  const bytes = new Map<Place, number>();
  for (const piece of pieces) {
    bytes.set(piece.place, (bytes.get(piece.place) ?? 0) + piece.bytes.length);
    for (const leak of leaksIn(finders, piece)) {
      const rule = rules.find((it) => allows(it, leak));
      if (rule !== undefined) allowed.set(rule, (allowed.get(rule) ?? 0) + 1);
      else leaks.set(keyOf(leak), leak);
    }
  }
  return { leaks: [...leaks.values()], allowed, bytes };
};

const keyOf = ({ mark, place, name, encoding, packed }: Leak): string =>
  [mark.text, place, name, encoding, packed].join("\n");

const allows = (rule: Allowed, { kind, place, name, encoding }: Leak): boolean =>
  rule.kinds.includes(kind) &&
  rule.place === place &&
  rule.name.test(name) &&
  (rule.encodings === undefined || rule.encodings.includes(encoding));

function* leaksIn(finders: readonly Finder[], { place, name, bytes }: Written): Generator<Leak> {
  const leakOf = (found: Found, inside: Uint8Array, packed: boolean): Leak => {
    const { mark, encoding, at } = found;
    const excerpt = excerptOf(inside, at);
    return { kind: mark.kind, mark, place, name, encoding, packed, excerpt };
  };
  const foundIn = (inside: Uint8Array) => finders.flatMap((finder) => finder.find(inside));
  for (const found of foundIn(bytes)) yield leakOf(found, bytes, false);
  for (const inside of unpack(bytes)) {
    for (const found of foundIn(inside)) yield leakOf(found, inside, true);
  }
}

const BEFORE = 60;
const AFTER = 40;

const excerptOf = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.subarray(Math.max(0, at - BEFORE), at + AFTER))
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]/g, "·");
