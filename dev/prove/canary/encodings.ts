/** The forms in which something can lie in a file, an answer or a log and still be read by whoever wants to. */
import { createHash } from "node:crypto";
import type { Mark } from "./marks.ts";

export interface Needle {
  readonly mark: Mark;
  /** The form, by name. */
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
}

/** Of the letters of a text, whatever is between them. */
const FORMS = {
  plain: (piece) => [piece, mapped(piece, lower), mapped(piece, upper)],
  "utf-16": (piece) => [wide(piece, 0), wide(piece, 1)],
  hex: (piece) => inBothCases(Buffer.from(piece).toString("hex")),
  percent: (piece) => inBothCases(eachByte(piece, (hex) => `%${hex}`)),
  json: (piece) =>
    inBothCases(
      eachByte(piece, (hex) => `\\u00${hex}`),
      "\\u",
    ),
  base64: (piece) => [0, 1, 2].flatMap((shift) => base64(piece, shift)),
} as const satisfies Record<string, (piece: Uint8Array) => readonly Uint8Array[]>;

const DIGESTS = ["sha256", "sha1", "md5"] as const;

/** `digest`: without a salt, so that trying all addresses there are finds the one. `gzip` is undone before anybody looks. */
export type Encoding = keyof typeof FORMS | "digest";

export const ENCODINGS: readonly Encoding[] = [
  ...(Object.keys(FORMS) as (keyof typeof FORMS)[]),
  "digest",
];

/** @returns all that is looked for of a mark, each once */
export const needlesOf = (mark: Mark): readonly Needle[] => {
  const needles = new Map<string, Needle>();
  const add = (encoding: Encoding, bytes: Uint8Array): void => {
    const key = Buffer.from(bytes).toString("latin1");
    if (!needles.has(key)) needles.set(key, { mark, encoding, bytes });
  };
  for (const piece of mark.pieces) {
    for (const encoding of Object.keys(FORMS) as (keyof typeof FORMS)[]) {
      for (const bytes of FORMS[encoding](piece)) add(encoding, bytes);
    }
  }
  for (const text of mark.guessable) for (const bytes of digests(text)) add("digest", bytes);
  return [...needles.values()];
};

/** @returns a whole text in one of the forms, as somebody might write it */
export const written = (text: string, encoding: Encoding): Uint8Array => {
  if (encoding === "digest") return digests(text)[0] ?? new Uint8Array();
  const bytes = Buffer.from(text);
  if (encoding === "base64") return Buffer.from(bytes.toString("base64"));
  return FORMS[encoding](bytes)[0] ?? bytes;
};

const digests = (text: string): readonly Uint8Array[] =>
  DIGESTS.flatMap((name) => {
    const raw = createHash(name).update(text).digest();
    return [raw, ...FORMS.hex(raw), ...base64(raw, 0)];
  });

/**
 * Three bytes are four characters, so that it reads otherwise by where in those it begins; what the characters at its
 * ends share with their neighbours is left out.
 */
const base64 = (piece: Uint8Array, shift: number): readonly Uint8Array[] => {
  const text = Buffer.concat([new Uint8Array(shift), piece]).toString("base64");
  const known = text.slice(shift === 0 ? 0 : shift + 1, ((shift + piece.length) * 8) / 6);
  return [known, known.replaceAll("+", "-").replaceAll("/", "_")].map((it) => Buffer.from(it));
};

const eachByte = (piece: Uint8Array, write: (hex: string) => string): string =>
  Array.from(piece, (byte) => write(byte.toString(16).padStart(2, "0"))).join("");

/** @param prefix what stays as it is */
const inBothCases = (text: string, prefix = ""): readonly Uint8Array[] =>
  [text, prefix === "" ? text.toUpperCase() : upperBehind(text, prefix)].map((it) =>
    Buffer.from(it),
  );

const upperBehind = (text: string, prefix: string): string =>
  text
    .split(prefix)
    .map((part) => part.toUpperCase())
    .join(prefix);

/** @param at of the two bytes, which has the character */
const wide = (piece: Uint8Array, at: 0 | 1): Uint8Array =>
  Uint8Array.from({ length: piece.length * 2 }, (_, index) =>
    index % 2 === at ? (piece[index >> 1] ?? 0) : 0,
  );

const mapped = (piece: Uint8Array, map: (byte: number) => number): Uint8Array =>
  Uint8Array.from(piece, map);

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
const upper = (byte: number): number => (byte >= 97 && byte <= 122 ? byte - 32 : byte);
