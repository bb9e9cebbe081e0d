/** Things that nobody may write down, each of them unlike anything else, so that where one turns up is no accident. */
import { randomBytes, randomInt } from "node:crypto";

/** What is told of marks; each kind has a sort of its own to leak. */
export const MARK_KINDS = [
  "address",
  "user agent",
  "client",
  "ticket",
  "ticket's user",
  "token",
  "admin key",
  "named key",
  "wrong key",
  "signing key",
  "password",
  "idempotency key",
  "query",
  "header",
  "body",
  /** Names, titles and addresses of pages, which are kept on purpose, and are for no log all the same. */
  "master data",
] as const;

export type MarkKind = (typeof MARK_KINDS)[number];

export interface Mark {
  readonly kind: MarkKind;
  /** As it is sent. */
  readonly text: string;
  /**
   * Each of them gives it away. Of long ones the halves: what lies across two pages of a file, or was cut short for a
   * log, still has one of them in one piece.
   */
  readonly pieces: readonly Uint8Array[];
  /** Texts whose digests without a salt give it away too: of these, all that there can be are soon tried. */
  readonly guessable: readonly string[];
}

/** Of letters and digits alone: no way of escaping a text changes them. 16 of them are 95 bits. */
const HALF_CHARS = 16;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const randomText = (chars: number): string =>
  Array.from({ length: chars }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");

/** @param around what it stands in: a `*` is where the random part goes; without one it is all there is */
export const makeMark = (kind: MarkKind, around = "*"): Mark => {
  const halves = [randomText(HALF_CHARS), randomText(HALF_CHARS)];
  const text = around.replace("*", halves.join(""));
  return { kind, text, pieces: halves.map(bytesOf), guessable: [text] };
};

/** Shorter pieces are found where they are not: eight random characters of base64 are 48 bits. */
const MIN_SECRET_CHARS = 16;

/**
 * A secret that somebody else made, in base64url or hexadecimal.
 * @throws Error when it is too short to be told from an accident
 */
export const markOfSecret = (kind: MarkKind, secret: string, whole = secret): Mark => {
  if (secret.length < MIN_SECRET_CHARS) throw new Error(`a ${kind} that is too short to look for`);
  const half = secret.length >> 1;
  const pieces = [secret.slice(0, half), secret.slice(half)].map(bytesOf);
  return { kind, text: whole, pieces: [...pieces, ...rawOf(secret)], guessable: [whole] };
};

/** What the text stands for, where it is base64url. */
const rawOf = (secret: string): readonly Uint8Array[] => {
  const raw = Buffer.from(secret, "base64url");
  return raw.toString("base64url") === secret && raw.length >= 12 ? [raw] : [];
};

/** A token or a ticket: whoever has its MAC has it, since the rest is what is known of an event or a user. */
export const markOfSealed = (kind: "token" | "ticket", text: string): Mark =>
  markOfSecret(kind, text.slice(text.lastIndexOf(".") + 1), text);

/** Whatever begins like this is one of its kind. */
export const markOfPrefix = (kind: MarkKind, prefix: string): Mark => ({
  ...{ kind, text: prefix, pieces: [bytesOf(prefix)], guessable: [] },
});

/** From the range for benchmarks (RFC 2544), and from that for documentation (RFC 3849): nobody has them. */
export const makeAddress = (version: 4 | 6): Mark => (version === 4 ? makeV4() : makeV6());

/** Four bytes are no piece: any four are somewhere in a few megabytes. */
const makeV4 = (): Mark => {
  const text = `198.${18 + randomInt(2)}.${100 + randomInt(156)}.${100 + randomInt(156)}`;
  return { kind: "address", text, pieces: [bytesOf(text)], guessable: [text] };
};

const makeV6 = (): Mark => {
  const words = Array.from(randomBytes(12)).map((byte) => 16 + (byte % 240));
  const group = (at: number) => `${hex(words[at])}${hex(words[at + 1])}`;
  const network = ["2001", "db8", group(0), group(2)];
  const host = [group(4), group(6), group(8), group(10)];
  const text = [...network, ...host].join(":");
  const long = ["2001", "0db8", ...network.slice(2)].join(":");
  const packed = Buffer.from(long.replaceAll(":", ""), "hex");
  return {
    kind: "address",
    text,
    // Its network's, which are in all longer ones; and the rest, should that be cut off.
    pieces: [bytesOf(network.join(":")), bytesOf(long), packed, bytesOf(host.join(":"))],
    guessable: [text, `${network.join(":")}::/64`, network.join(":")],
  };
};

const hex = (byte = 0): string => byte.toString(16).padStart(2, "0");
