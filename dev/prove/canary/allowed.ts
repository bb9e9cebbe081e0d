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

/** Of keys, as they are kept. */
const DIGESTS = {
  kinds: ["named key"],
  encodings: ["digest"],
  reason: "keys are kept as SHA-256: they are 256 random bits, and nothing is to be guessed",
} as const;

/** What a site tells of itself so that it is shown: for tables and answers, and never for a log. */
const SHOWN = {
  kinds: ["master data"],
  reason: "names, titles, pages and reasons are given to be shown, and operators read them",
} as const;

const D1 = /\/miniflare-D1DatabaseObject\//;
const MYSQL = /(?:^|\/)beside\/mysql\//;

export const ALLOWED: readonly Allowed[] = [
  {
    kinds: ["admin key", "signing key", "password"],
    place: "files",
    name: /(?:^|\/)\.dev\.vars$/,
    reason: "the operator's own file of secrets, which the runner made and the service reads",
  },
  {
    kinds: ["token"],
    place: "answers",
    name: /^POST \/v1\/views 202$/,
    // Its MAC is base64 of bytes, and so found as both.
    encodings: ["plain", "base64"],
    reason: "who opens a view is handed its token",
  },
  { ...DIGESTS, place: "files", name: D1 },
  { ...DIGESTS, place: "files", name: MYSQL },
  { ...DIGESTS, place: "mysql", name: /^access_keys$/ },
  { ...DIGESTS, place: "statements", name: /`access_keys`/ },
  { ...SHOWN, place: "files", name: D1 },
  { ...SHOWN, place: "files", name: MYSQL },
  {
    ...SHOWN,
    place: "mysql",
    name: /^(?:categories|contents|users|broadcasters|streams|exclusions|suspicions|audit_log|idempotency_keys)$/,
  },
  {
    ...SHOWN,
    place: "statements",
    name: /`(?:categories|contents|users|broadcasters|streams|exclusions|suspicions|audit_log|idempotency_keys)`/,
  },
  { ...SHOWN, place: "answers", name: /^(?:PUT|POST|GET|DELETE) \/v1\/admin\/.* 2\d\d$/ },
  { ...SHOWN, place: "answers", name: /^GET \/v1\/rankings\/(?:live|views) 200$/ },
];
