/** What keeps a token or a ticket that is forged, changed, early or late from counting. */
import type { Patch } from "../patch.ts";

const HTTP = { project: "workers", file: "test/worker/http/tokens.test.ts" } as const;
const RULES = { project: "pure", file: "test/core/views/small-rules.test.ts" } as const;
const SEALER = "src/adapters/webcrypto/token-sealer.ts";
const TOKEN = "src/protocol/view-token.ts";
const CONFIRM = "src/app/views/confirm.ts";
const NO_PROBLEM = /expected 'application\/json' to be 'application\/problem\+json'/;

export const TOKEN_PATCHES: readonly Patch[] = [
  {
    name: "token-mac",
    guard: "the comparison of a token's MAC",
    file: SEALER,
    find: "expected === undefined || !equalInConstantTime(expected, parts.mac)",
    replace: "expected === undefined",
    test: { ...HTTP, name: "changed at any one position" },
    fails: /status: 202, ack: 'durable'.* to deeply equal \{ status: 401, code: 'token-forged' \}/,
  },
  {
    name: "token-mac-last-byte",
    guard: "the last byte of that comparison",
    file: SEALER,
    find: "for (const [index, byte] of a.entries())",
    replace: "for (const [index, byte] of a.subarray(0, 15).entries())",
    test: { ...HTTP, name: "changed at any one position" },
    fails: /status: 202, ack: 'durable'.* to deeply equal \{ status: 401, code: 'token-forged' \}/,
  },
  {
    name: "token-key-id",
    guard: "looking for the key a token names",
    file: SEALER,
    find: "const key = imported.get(keyId);",
    replace: "const key = imported.get(keyId) ?? imported.get(keys[0].id);",
    test: { ...HTTP, name: "sealed with our secret under a key id we do not know" },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "token-signed-key-id",
    guard: "the key id in what the MAC is over",
    file: TOKEN,
    find: "signed: `${version}.${keyId}.${payloadText}`",
    replace: "signed: `${version}.k2.${payloadText}`",
    test: { ...HTTP, name: "tokens sealed with the key before the rotation still count" },
    fails: /expected undefined to be 'durable'/,
  },
  {
    name: "dwell-lower-bound",
    guard: "the last millisecond of the three seconds",
    file: "src/core/views/dwell.ts",
    find: "if (age < DWELL_MS)",
    replace: "if (age < DWELL_MS - 1)",
    test: { ...RULES, name: "after 2999 ms", title: "after %i ms" },
    fails:
      /expected \{ status: 'confirmed' \} to deeply equal \{ status: 'early', retryAfterMs: 1 \}/,
  },
  {
    name: "dwell-future",
    guard: "that a token of the future is early",
    file: "src/core/views/dwell.ts",
    find: "if (age < DWELL_MS)",
    replace: "if (age >= 0 && age < DWELL_MS)",
    test: { ...RULES, name: "after -1 ms", title: "after %i ms" },
    fails:
      /expected \{ status: 'confirmed' \} to deeply equal \{ status: 'early', retryAfterMs: 3001 \}/,
  },
  {
    name: "dwell-upper-bound",
    guard: "the end of a token's life",
    file: "src/core/views/dwell.ts",
    find: "if (age >= TOKEN_LIFE_MS)",
    replace: "if (age > TOKEN_LIFE_MS)",
    test: { ...RULES, name: "after 600000 ms", title: "after %i ms" },
    fails: /expected \{ status: 'confirmed' \} to deeply equal \{ status: 'expired' \}/,
  },
  {
    name: "token-payload",
    guard: "that a token's MAC is over what it says, the content too",
    file: SEALER,
    find: "hmac(await key, signed)",
    replace: "hmac(await key, keyId)",
    test: { ...HTTP, name: "changed at any one position" },
    fails: /to deeply equal \{ status: 401, code: 'token-forged' \}/,
  },
  {
    name: "token-of-no-event",
    guard: "that what we sealed is an event",
    file: CONFIRM,
    find: 'if (opened.status === "forged" || event === undefined)',
    replace: 'if (opened.status === "forged")',
    test: { ...HTTP, name: "sealed by us around what is no event" },
    fails: /expected \[ 500, 'internal' \] to deeply equal \[ 401, 'token-forged' \]/,
  },
  {
    name: "token-early",
    guard: "that an early token is refused",
    file: CONFIRM,
    find: 'if (dwell.status !== "confirmed") return dwell;',
    replace: 'if (dwell.status === "expired") return dwell;',
    test: { ...HTTP, name: "a token that comes too early is told how long to stay" },
    fails: NO_PROBLEM,
  },
  {
    name: "token-expired",
    guard: "that an expired token is refused",
    file: CONFIRM,
    find: 'if (dwell.status !== "confirmed") return dwell;',
    replace: 'if (dwell.status === "early") return dwell;',
    test: { ...HTTP, name: "a token out of life is answered 410 and counts nothing" },
    fails: NO_PROBLEM,
  },
];
