/** What may be written down all the same, each with the reason. Whatever is not here is a leak. */
import type { Encoding } from "./encodings.ts";
import type { MarkKind } from "./marks.ts";
import type { Place } from "./written.ts";

export interface Allowed {
  readonly kinds: readonly MarkKind[];
  readonly place: Place;
  /** Of the file, the table, the key or the answer. */
  readonly name: RegExp;
  /** All of them unless it says so. */
  readonly encodings?: readonly Encoding[];
  readonly reason: string;
}

export const ALLOWED: readonly Allowed[] = [
  {
    kinds: ["admin key", "signing key", "password"],
    place: "files",
    name: /(?:^|\/)\.dev\.vars$/,
    reason: "the operator's own file of secrets, which the service reads and the runner made",
  },
  {
    kinds: ["token"],
    place: "answers",
    name: /^POST \/v1\/views 202/,
    reason: "who opens a view is handed its token",
  },
  {
    kinds: ["named key"],
    place: "files",
    name: /D1DatabaseObject|beside\/mysql/,
    encodings: ["digest"],
    reason: "keys are kept as SHA-256: they are 256 random bits, and nothing is to be guessed",
  },
  {
    kinds: ["named key"],
    place: "mysql",
    name: /^access_keys$/,
    encodings: ["digest"],
    reason: "as above",
  },
  {
    kinds: ["named key"],
    place: "statements",
    name: /access_keys/,
    encodings: ["digest"],
    reason: "as above",
  },
];
