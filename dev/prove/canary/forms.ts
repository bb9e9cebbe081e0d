/** What nobody may write down, where nobody can say which of it there was: known by how it begins, or by its form. */
import { MAX_TICKET_CHARS, parseTicket } from "../../../src/protocol/ticket.ts";
import { MAX_TOKEN_CHARS, parseToken } from "../../../src/protocol/view-token.ts";

/** A browser's name in full, and addresses of the networks that are for documentation (RFC 5737, RFC 3849). */
export const BEGINNINGS = [
  { kind: "user agent", begins: "Mozilla/5.0" },
  { kind: "address", begins: "192.0.2." },
  { kind: "address", begins: "198.51.100." },
  { kind: "address", begins: "203.0.113." },
  { kind: "address", begins: "2001:db8:" },
  { kind: "address", begins: "2001:0db8:" },
] as const;

interface SealedForm {
  readonly kind: "token" | "ticket";
  readonly begins: string;
  readonly maxChars: number;
  /** No longer than it can be: in a row of SQLite the next column follows without anything between. */
  readonly form: RegExp;
  readonly parse: (text: string) => object | undefined;
}

const SEALED: readonly SealedForm[] = [
  {
    ...{ kind: "token", begins: "v1.", maxChars: MAX_TOKEN_CHARS, parse: parseToken },
    form: /^v1\.[A-Za-z0-9]{1,8}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}/,
  },
  {
    ...{ kind: "ticket", begins: "t1.", maxChars: MAX_TICKET_CHARS, parse: parseTicket },
    form: /^t1\.[A-Za-z0-9]{1,8}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}/,
  },
];

export interface Sealed {
  readonly kind: "token" | "ticket";
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

/** A text, or bytes of which parts can be had as one. */
interface Haystack {
  indexOf(text: string, from: number): number;
  textAt(from: number, to: number): string;
}

/** @returns view tokens and tickets of whatever keys, whole and as they are */
export function* sealedIn(haystack: Haystack): Generator<Sealed> {
  for (const { kind, begins, maxChars, form, parse } of SEALED) {
    let at = haystack.indexOf(begins, 0);
    for (; at !== -1; at = haystack.indexOf(begins, at + 1)) {
      const [text] = form.exec(haystack.textAt(at, at + maxChars)) ?? [];
      if (text !== undefined && parse(text) !== undefined) yield { kind, text, at };
    }
  }
}
