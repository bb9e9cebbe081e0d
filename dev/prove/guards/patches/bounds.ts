/** What keeps requests, viewers and memory within what was meant. */
import type { Patch } from "../patch.ts";

const BODIES = { project: "workers", file: "test/worker/http/bodies.test.ts" } as const;
const FIELDS = { project: "pure", file: "test/app/refused-fields.test.ts" } as const;
const ROOM = { project: "pure", file: "test/app/live/room.test.ts" } as const;
const COUNTS = { project: "workers", file: "test/worker/http/counts.test.ts" } as const;
const SET = { project: "pure", file: "test/core/live/viewer-set.test.ts" } as const;
const READ_BODY = "src/http/read-body.ts";
const BODY_BYTES = "src/http/body-bytes.ts";
const REQUESTS = "src/protocol/requests.ts";

export const BOUND_PATCHES: readonly Patch[] = [
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
    name: "sockets-of-a-network",
    guard: "how many sockets a network has in a stream",
    file: "src/app/live/door.ts",
    find: "return this.#attendance.connections.inNetwork(network) < this.#deps.perNetwork;",
    replace: "return this.#attendance.connections.inNetwork(network) >= 0;",
    test: {
      ...ROOM,
      name: "one network has so many connections, and a lease that is there is renewed all the same",
    },
    fails: /expected undefined to be 4006/,
  },
  {
    name: "sockets-of-a-visitor",
    guard: "how many sockets a visitor has in a stream",
    file: "src/app/live/door.ts",
    find: "connections.replacedByOneMore(keys.visitor, SOCKETS_PER_VISITOR)",
    replace: "connections.replacedByOneMore(keys.visitor, 100 * SOCKETS_PER_VISITOR)",
    test: { ...ROOM, name: "a visitor has four sockets, and a fifth closes the first" },
    fails: /expected undefined to be 40\d\d/,
  },
  {
    name: "flood-of-messages",
    guard: "that a socket says one thing a second",
    file: "src/app/live/door.ts",
    find: "if (flood || message !== PING) {",
    replace: "if (message !== PING) {",
    test: {
      project: "pure",
      file: "test/app/live/room.test.ts",
      name: "more than one message a second closes the socket as a flood",
    },
    fails: /expected undefined to be 4003/,
  },
  {
    name: "silent-viewers",
    guard: "that who is silent for 50 s is out of the number",
    file: "src/core/limits.ts",
    find: "export const LIVE_SILENT_MS = 50 * SECOND_MS;",
    replace: "export const LIVE_SILENT_MS = 70 * SECOND_MS;",
    test: { ...SET, name: "a socket silent for 30 s is asked once in 10 s, and goes after 50 s" },
    fails: /expected \[ 30000, 40000, 50000, 60000 \] to deeply equal \[ 30000, 40000 \]/,
  },
  {
    name: "registered-streams",
    guard: "that only a registered stream names an object",
    file: "src/app/live/arrive.ts",
    find: 'if (stream === undefined) return { status: "unknown-stream" };',
    replace:
      'if (stream === undefined) return { status: "arrived", arrival: { role: request.role, identity: "", network: "" } };',
    test: {
      project: "pure",
      file: "test/app/live/arrive.test.ts",
      name: "nobody arrives at a stream that nobody registered",
    },
    fails:
      /expected \{ Object \(status, arrival\) \} to deeply equal \{ status: 'unknown-stream' \}/,
  },
];
