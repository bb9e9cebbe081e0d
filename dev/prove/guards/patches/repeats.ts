/** What keeps a request that comes again from being done again, or another from being taken for it. */
import type { Patch } from "../patch.ts";

const RULES = { project: "pure", file: "test/app/repeats.test.ts" } as const;
const KEY = { project: "pure", file: "test/protocol/idempotency-key.test.ts" } as const;
const REQUEST = "what is asked makes the request: any part of it that differs is another one";
const REPEATS = "src/app/repeats.ts";
const HTTP = { project: "workers", file: "test/worker/http/keys.test.ts" } as const;

export const REPEAT_PATCHES: readonly Patch[] = [
  {
    name: "repeat-caller",
    guard: "that the key of another caller is another key",
    file: REPEATS,
    find: "sha256Hex(`${actor}\\n${key}`)",
    replace: "sha256Hex(key)",
    test: { ...RULES, name: REQUEST },
    fails: /expected 2 to be 3/,
  },
  {
    name: "repeat-body",
    guard: "the body in what makes a request",
    file: REPEATS,
    find: "\\n${await sha256Hex(body)}`",
    replace: "`",
    test: { ...RULES, name: REQUEST },
    fails: /expected 3 to be 5/,
  },
  {
    name: "repeat-target",
    guard: "path and query in what makes a request",
    file: REPEATS,
    find: "`${method} ${target}\\n",
    replace: "`${method}\\n",
    test: { ...RULES, name: REQUEST },
    fails: /expected 4 to be 5/,
  },
  {
    name: "repeat-method",
    guard: "the method in what makes a request",
    file: REPEATS,
    find: "`${method} ${target}\\n",
    replace: "`${target}\\n",
    test: { ...RULES, name: REQUEST },
    fails: /expected 4 to be 5/,
  },
  {
    name: "repeat-5xx",
    guard: "that what failed is done when it comes again",
    file: REPEATS,
    find: "status < 500",
    replace: "status < 600",
    test: {
      ...RULES,
      name: "of an answer of 503 the end is: release",
      title: "of an answer of %i the end is: %s",
    },
    fails: /expected \[ 'keep 503' \] to deeply equal \[ 'release' \]/,
  },
  {
    name: "repeat-passing",
    guard: "that a refusal for this moment is not kept",
    file: REPEATS,
    find: "new Set([401, 403, 408, 429])",
    replace: "new Set([401, 403, 408])",
    test: {
      ...RULES,
      name: "of an answer of 429 the end is: release",
      title: "of an answer of %i the end is: %s",
    },
    fails: /expected \[ 'keep 429' \] to deeply equal \[ 'release' \]/,
  },
  {
    name: "repeat-key-length",
    guard: "how long a key may be",
    file: "src/protocol/idempotency-key.ts",
    find: " && key.length <= MAX_CHARS",
    replace: "",
    test: { ...KEY, name: `"${"x".repeat(256)}" is none`, title: "%j is none" },
    fails: /expected 'x+…?' to be undefined/,
  },
  {
    name: "repeat-key-hidden",
    guard: "that a key is kept as a hash alone",
    file: REPEATS,
    find: "await sha256Hex(`${actor}\\n${key}`)",
    replace: "`${actor}\\n${key}`",
    test: { ...RULES, name: REQUEST },
    fails: /expected 'ann.*k' to match/s,
  },
  {
    name: "repeat-answer-size",
    guard: "how large an answer is kept",
    file: REPEATS,
    find: " && bytesOf(`${type}\\n${body}`) <= REPEAT_MAX_ANSWER_BYTES",
    replace: "",
    test: { ...HTTP, name: "after its answer was too large to be kept; one that is not is kept" },
    fails: /expected \[ null, 'true' \] to deeply equal \[ null, null \]/,
  },
  {
    name: "repeat-behind-the-door",
    guard: "that who has no good key learns of no request, and takes no key",
    file: "src/http/app.ts",
    find: "app.use(path, requireKey, repeatable)",
    replace: "app.use(path, repeatable, requireKey)",
    test: { ...HTTP, name: "for who has no good key: who holds nothing learns nothing" },
    fails: /expected \[ 500, 'internal' \] to deeply equal \[ 401, 'unauthorized' \]/,
  },
];
