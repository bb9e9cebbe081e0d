/** What keeps a request that comes again from being done again, or another from being taken for it. */
import type { Patch } from "../patch.ts";

const RULES = { project: "pure", file: "test/app/repeats.test.ts" } as const;
const KEY = { project: "pure", file: "test/protocol/idempotency-key.test.ts" } as const;
const D1 = { project: "workers", file: "test/worker/contract/d1-database.test.ts" } as const;
const MYSQL = { project: "workers", file: "test/worker/contract/mysql-database.test.ts" } as const;
const REQUEST = "what is asked makes the request: any part of it that differs is another one";
const TAKEN_OVER = "is taken over by the same request after its time, not a moment before";
const DAY_LATER = "a key is as new, for another request too, whatever became of the first";
const REPEATS = "src/app/repeats.ts";
const D1_TABLES = "src/adapters/d1/idempotency-tables.ts";
const MYSQL_TABLES = "src/adapters/mysql/idempotency-tables.ts";

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
    name: "repeat-claimed-d1",
    guard: "that one of many at once has it, in D1",
    file: D1_TABLES,
    find: "setWhere: mayBeTaken",
    replace: "setWhere: sql`true`",
    test: { ...D1, name: "of twenty at once one has it, time and again" },
    fails: /TBD/,
  },
  {
    name: "repeat-owner-d1",
    guard: "that a dead one's answer is not kept, in D1",
    file: D1_TABLES,
    find: ", eq(answer, held.owner))",
    replace: ")",
    test: { ...D1, name: "is nothing to its owner any more: what he says late changes nothing" },
    fails: /TBD/,
  },
  {
    name: "repeat-age-d1",
    guard: "that a claim is taken over after a minute and not before, in D1",
    file: D1_TABLES,
    find: "and ${createdAt} <= ${deadAt} and",
    replace: "and",
    test: { ...D1, name: TAKEN_OVER },
    fails: /TBD/,
  },
  {
    name: "repeat-other-d1",
    guard: "that a claim is taken over by the same request alone, in D1",
    file: D1_TABLES,
    find: " and ${requestHash} = ${claim.requestHash})`",
    replace: ")`",
    test: { ...D1, name: TAKEN_OVER },
    fails: /TBD/,
  },
  {
    name: "repeat-day-d1",
    guard: "that a key is as new after a day, in D1",
    file: D1_TABLES,
    find: "${createdAt} <= ${expiredAt} or (",
    replace: "(",
    test: { ...D1, name: DAY_LATER },
    fails: /TBD/,
  },
  {
    name: "repeat-age-mysql",
    guard: "that a claim is taken over after a minute and not before, in MySQL",
    file: MYSQL_TABLES,
    find: " and ${createdAt} <= ${deadAt}\n",
    replace: "\n",
    test: { ...MYSQL, name: TAKEN_OVER },
    fails: /TBD/,
  },
  {
    name: "repeat-other-request",
    guard: "that a key of one request is refused for another",
    file: "src/adapters/sql/idempotency-rows.ts",
    find: 'if (row.requestHash !== claim.requestHash) return { status: "other-request" };',
    replace: "",
    test: {
      ...D1,
      name: "the first has it; the same request meanwhile is told so, another one that the key is taken",
    },
    fails: /TBD/,
  },
];
