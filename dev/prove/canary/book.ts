/** All marks of a run, and who goes about with them. */
import { createHmac } from "node:crypto";
import {
  type Mark,
  type MarkKind,
  makeAddress,
  makeMark,
  markOfSealed,
  markOfSecret,
} from "./marks.ts";

export class MarkBook {
  readonly marks: Mark[] = [];

  /** @param around a `*` is where it goes @returns its text */
  make(kind: MarkKind, around?: string): string {
    return this.#add(makeMark(kind, around));
  }

  address(version: 4 | 6): string {
    return this.#add(makeAddress(version));
  }

  /** Given to us, or made of something else's key. */
  sealed(kind: "token" | "ticket", text: string): string {
    return this.#add(markOfSealed(kind, text));
  }

  /** @param keys as variables have them: `k1:<secret>,k0:<secret>` */
  signingKeys(keys: string): void {
    for (const key of keys.split(",")) {
      this.#add(markOfSecret("signing key", key.slice(key.indexOf(":") + 1)));
    }
  }

  secret(kind: "admin key" | "password", secret: string): void {
    this.#add(markOfSecret(kind, secret));
  }

  #add(mark: Mark): string {
    this.marks.push(mark);
    return mark.text;
  }
}

export interface Visitor {
  readonly address: string;
  readonly client: string | undefined;
  /** All that a browser, what is in front of it, or somebody curious could send. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Its family is known, so that its views count. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64; *) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** @param number every second one has an IPv6 address, every third one no client id */
export const makeVisitor = (book: MarkBook, number: number): Visitor => {
  const address = book.address(number % 2 === 0 ? 4 : 6);
  return {
    address,
    client: number % 3 === 2 ? undefined : book.make("client"),
    headers: {
      "CF-Connecting-IP": address,
      "X-Forwarded-For": `${book.address(4)}, ${book.address(6)}`,
      "X-Real-IP": book.address(4),
      Forwarded: `for="[${book.address(6)}]"`,
      "User-Agent": book.make("user agent", USER_AGENT),
      "Accept-Language": `de,en;q=0.5,${book.make("header", "x-*")}`,
      Referer: book.make("query", "https://site.example/from?session=*"),
      Cookie: book.make("header", "session=*"),
      Origin: book.make("header", "https://*.example"),
      Authorization: book.make("wrong key", "Bearer *"),
      "X-Canary": book.make("header"),
    },
  };
};

/** @param keys as TICKET_KEYS has them @returns a ticket that is good for as long as one may be, or nearly */
export const signTicket = (keys: string, stream: string, user: string): string => {
  const [id = "", secret = ""] = (keys.split(",")[0] ?? "").split(":");
  const exp = Math.floor(Date.now() / 1_000) + 100;
  const payload = Buffer.from(JSON.stringify({ stream, user, exp })).toString("base64url");
  const signed = `t1.${id}.${payload}`;
  const mac = createHmac("sha256", Buffer.from(secret, "base64url")).update(signed);
  return `${signed}.${mac.digest("base64url")}`;
};
