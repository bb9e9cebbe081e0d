/** What keeps a body that is too long, too slow, or no JSON of ours from being taken. */
import type { Patch } from "../patch.ts";

const BODIES = { project: "workers", file: "test/worker/http/front.test.ts" } as const;
const FIELDS = { project: "pure", file: "test/app/refused-fields.test.ts" } as const;
const COUNTS = { project: "workers", file: "test/worker/http/reads.test.ts" } as const;
const READ_BODY = "src/http/read-body.ts";
const BODY_BYTES = "src/http/body-bytes.ts";
const REQUESTS = "src/protocol/requests.ts";

export const BODY_PATCHES: readonly Patch[] = [
  {
    name: "body-declared",
    guard: "the bound of a body that says how long it is",
    file: BODY_BYTES,
    find: "if (declared !== null && Number(declared) > maxBytes) throw tooLarge(maxBytes);",
    replace: "",
    test: { ...BODIES, name: "takes no body above its limit, declared" },
    fails: /expected \{.* to match object \{ status: 413/,
  },
  {
    name: "body-streamed",
    guard: "the bound of a body that does not",
    file: BODY_BYTES,
    find: "if (length + value.byteLength > maxBytes) {",
    replace: "if (length + value.byteLength > 2 * maxBytes) {",
    test: { ...BODIES, name: "takes no body above its limit, streamed without a length" },
    fails: /expected \[ 400, 'malformed-json' \] to deeply equal \[ 413, 'body-too-large' \]/,
  },
  {
    name: "body-media-type",
    guard: "the media type, without which a form of any site posts here",
    file: READ_BODY,
    find: 'const isKnown = type === "application/json" || type === "text/plain";',
    replace: "const isKnown = true;",
    test: { ...BODIES, name: "answers 415 to the media type" },
    fails: /expected \[ 400, '[\w-]+' \] to deeply equal \[ 415, 'unsupported-media-type' \]/,
  },
  {
    name: "body-array",
    guard: "that an array is no object",
    file: READ_BODY,
    find: "if (Array.isArray(body))",
    replace: "if (body === undefined)",
    test: { ...FIELDS, name: "a list is no object, also where every field may be left out" },
    fails: /promise resolved .* instead of rejecting/,
  },
  {
    name: "unknown-fields",
    guard: "that a field nobody knows is refused",
    file: REQUESTS,
    find: "  v.strictObject({\n    content: v.optional(Content),\n    url:",
    replace: "  v.object({\n    content: v.optional(Content),\n    url:",
    test: {
      ...BODIES,
      name: "no view is opened for a field that is not known",
      title: "a field that is not known",
    },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "id-pattern",
    guard: "what an id is made of",
    file: "src/core/ids.ts",
    find: "/^[A-Za-z0-9_-]{1,64}$/",
    replace: "/^.{1,64}$/",
    test: {
      ...BODIES,
      name: "no view is opened for an id with a slash",
      title: "an id with a slash",
    },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "tokens-of-a-body",
    guard: "how many tokens a body has",
    file: REQUESTS,
    find: "v.minLength(1), v.maxLength(MAX_TOKENS)",
    replace: "v.minLength(1)",
    test: {
      ...BODIES,
      name: "nothing is confirmed for more than 50 tokens",
      title: "more than 50 tokens",
    },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "contents-of-a-read",
    guard: "how many contents a read has",
    file: REQUESTS,
    find: "v.minLength(1), v.maxLength(MAX_CONTENTS)",
    replace: "v.minLength(1)",
    test: { ...COUNTS, name: "a request that cannot be answered is refused" },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "unknown-queries",
    guard: "that a query nobody knows is refused, and is no key to a cache",
    file: REQUESTS,
    find: "export const NumbersQuery = v.strictObject(",
    replace: "export const NumbersQuery = v.object(",
    test: { ...COUNTS, name: "a query string that means nothing is refused" },
    fails: /expected 'public, max-age=2, stale-while-revali…' to be 'no-store'/,
  },
  {
    name: "body-packed",
    guard: "that nothing is unpacked",
    file: BODY_BYTES,
    find: "  refuseEncoded(request.headers);\n",
    replace: "",
    test: {
      ...BODIES,
      name: "a compressed body is refused, whatever it is > gzip",
      title: "a compressed body is refused, whatever it is",
    },
    fails: /expected null to be 'identity'/,
  },
  {
    name: "body-slow",
    guard: "how long a body may take",
    file: BODY_BYTES,
    find: "return inTime(upTo(maxBytes, reader), giveUp);",
    replace: "return upTo(maxBytes, reader);",
    test: {
      ...BODIES,
      name: "is given up after 10 s, and no sooner: /v1/receipts",
      title: "is given up after 10 s, and no sooner",
    },
    fails: /expected \+?0 to be 1/,
  },
  {
    name: "body-broken-off",
    guard: "that a body which breaks off is no failure of ours",
    file: BODY_BYTES,
    find: "reading.catch(broken)",
    replace: "reading",
    test: { ...BODIES, name: "is the client's failure" },
    fails: /expected \[ 500, 'internal' \] to deeply equal \[ 400, 'malformed-json' \]/,
  },
  {
    name: "body-utf8",
    guard: "that bytes which are no text are refused, and not replaced",
    file: READ_BODY,
    find: "fatal: true",
    replace: "fatal: false",
    test: {
      ...BODIES,
      name: "bytes that are no UTF-8 are no JSON > half of a character",
      title: "half of a character",
    },
    fails: /expected \[ 400, 'invalid-request' \] to deeply equal \[ 400, 'malformed-json' \]/,
  },
  {
    name: "body-charset",
    guard: "that what says it is in another encoding is not read as if it were not",
    file: READ_BODY,
    find: "if (!isKnown || (charset !== undefined && !UTF8.test(charset))) {",
    replace: "if (!isKnown || charset === null) {",
    test: {
      ...BODIES,
      name: "and what says so is not read: text/plain; charset=utf-16",
      title: "and what says so is not read: %s",
    },
    fails:
      /expected \[ 400, 'invalid-request' \] to deeply equal \[ 415, 'unsupported-media-type' \]/,
  },
  {
    name: "detail-length",
    guard: "how long a refusal is",
    file: READ_BODY,
    find: "detail.slice(0, DETAIL_MAX_CHARS)",
    replace: "detail",
    test: {
      ...BODIES,
      name: "said in few words: xxx",
      title: "is unknown all the same, and said in few words: %s",
    },
    fails: /expected \d+ to be less than or equal to 300/,
  },
];
