/** What nobody may write down, where nobody can say which of it there was: known by how it begins, or by its form. */
import { MAX_TICKET_CHARS, parseTicket } from "../../../src/protocol/ticket.ts";
import { MAX_TOKEN_CHARS, parseToken } from "../../../src/protocol/view-token.ts";
import type { Finder, Found } from "./finder.ts";
import { type Mark, markOfPrefix, markOfSealed } from "./marks.ts";

/** A browser's name in full, and addresses of the networks that are for documentation (RFC 5737, RFC 3849). */
export const FORMS: readonly Mark[] = [
  markOfPrefix("user agent", "Mozilla/5.0"),
  ...["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:", "2001:0db8:"].map((network) =>
    markOfPrefix("address", network),
  ),
];

interface SealedForm {
  readonly kind: "token" | "ticket";
  readonly begins: string;
  readonly maxChars: number;
  /** As short as it can be: in a row of SQLite the next column follows without anything between. */
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

/** View tokens and tickets of whatever keys, whole and as they are. */
export const SEALED_FINDER: Finder = {
  longest: Math.max(...SEALED.map(({ maxChars }) => maxChars)),
  find: (bytes) => {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return SEALED.flatMap((sealed) => [...sealedIn(whole, sealed)]);
  },
};

function* sealedIn(whole: Buffer, sealed: SealedForm): Generator<Found> {
  const { kind, begins, maxChars, form, parse } = sealed;
  for (let at = whole.indexOf(begins); at !== -1; at = whole.indexOf(begins, at + 1)) {
    const [text] = form.exec(whole.toString("latin1", at, at + maxChars)) ?? [];
    if (text === undefined || parse(text) === undefined) continue;
    yield { mark: markOfSealed(kind, text), encoding: "plain", at };
  }
}
