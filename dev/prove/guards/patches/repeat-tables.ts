/** What keeps a request that comes again from being done twice, in the tables of each database. */
import type { Patch } from "../patch.ts";

const D1 = { project: "workers", file: "test/worker/contract/stores.test.ts" } as const;
const MYSQL = { project: "workers", file: "test/worker/contract/mysql-database.test.ts" } as const;
const D1_TABLES = "src/adapters/d1/idempotency-tables.ts";
const MYSQL_TABLES = "src/adapters/mysql/idempotency-tables.ts";
const LATE = "is nothing to its owner any more: what he says late changes nothing";
const TAKEN_OVER = "is taken over by the same request after its time, not a moment before";
const DAY_LATER = "a key is as new, for another request too, whatever became of the first";

const FIRST =
  "the first has it; the same request meanwhile is told so, another one that the key is taken";

export const REPEAT_TABLE_PATCHES: readonly Patch[] = [
  {
    name: "repeat-other-request",
    guard: "that a key of one request is refused for another",
    file: "src/adapters/sql/idempotency-rows.ts",
    find: 'if (row.requestHash !== claim.requestHash) return { status: "other-request" };',
    replace: "",
    test: {
      ...D1,
      name: FIRST,
    },
    fails: /expected \{ status: 'in-progress' \} to deeply equal \{ status: 'other-request' \}/,
  },
  {
    name: "repeat-claimed-d1",
    guard: "that one of many at once has it, in D1",
    file: D1_TABLES,
    find: "setWhere: mayBeTaken",
    replace: "setWhere: sql`true`",
    test: { ...D1, name: "of twenty at once one has it, time and again" },
    fails:
      /expected \[ (?:'claimed', 'claimed'|Array\(20\)).* to deeply equal \[ (?:'claimed', 'in-progress'|Array\(20\))/,
  },
  {
    name: "repeat-claimed-mysql",
    guard: "that who has it has it alone, in MySQL",
    file: MYSQL_TABLES,
    find: "sql`if(${mayBe}, values(${column}), ${column})`",
    replace: "sql`if(${mayBe} or true, values(${column}), ${column})`",
    test: { ...MYSQL, name: FIRST },
    fails: /expected \{ status: 'claimed' \} to deeply equal \{ status: 'in-progress' \}/,
  },
  {
    name: "repeat-owner-d1",
    guard: "that a dead one's answer is not kept, in D1",
    file: D1_TABLES,
    find: ", eq(answer, held.owner))",
    replace: ")",
    test: { ...D1, name: LATE },
    fails: /expected \{ status: 'done'.* to deeply equal \{ status: 'in-progress' \}/,
  },
  {
    name: "repeat-owner-mysql",
    guard: "that a dead one's answer is not kept, in MySQL",
    file: MYSQL_TABLES,
    find: ", eq(answer, held.owner))",
    replace: ")",
    test: { ...MYSQL, name: LATE },
    fails: /expected \{ status: 'done'.* to deeply equal \{ status: 'in-progress' \}/,
  },
  {
    name: "repeat-age-d1",
    guard: "that a claim is taken over after a minute and not before, in D1",
    file: D1_TABLES,
    find: "and ${createdAt} <= ${deadAt} and",
    replace: "and",
    test: { ...D1, name: TAKEN_OVER },
    fails: /expected \{ status: 'claimed' \} to deeply equal \{ status: 'in-progress' \}/,
  },
  {
    name: "repeat-age-mysql",
    guard: "that a claim is taken over after a minute and not before, in MySQL",
    file: MYSQL_TABLES,
    find: " and ${createdAt} <= ${deadAt}\n",
    replace: "\n",
    test: { ...MYSQL, name: TAKEN_OVER },
    fails: /expected \{ status: 'claimed' \} to deeply equal \{ status: 'in-progress' \}/,
  },
  {
    name: "repeat-other-d1",
    guard: "that a claim is taken over by the same request alone, in D1",
    file: D1_TABLES,
    find: " and ${requestHash} = ${claim.requestHash})`",
    replace: ")`",
    test: { ...D1, name: TAKEN_OVER },
    fails: /expected \{ status: 'claimed' \} to deeply equal \{ status: 'other-request' \}/,
  },
  {
    name: "repeat-other-mysql",
    guard: "that a claim is taken over by the same request alone, in MySQL",
    file: MYSQL_TABLES,
    find: "\n    and ${requestHash} = values(${requestHash})",
    replace: "",
    test: { ...MYSQL, name: TAKEN_OVER },
    fails: /expected \{ status: 'claimed' \} to deeply equal \{ status: 'other-request' \}/,
  },
  {
    name: "repeat-day-d1",
    guard: "that a key is as new after a day, in D1",
    file: D1_TABLES,
    find: "${createdAt} <= ${expiredAt} or (",
    replace: "(",
    test: { ...D1, name: DAY_LATER },
    fails: /expected \{ status: 'other-request' \} to deeply equal \{ status: 'claimed' \}/,
  },
  {
    name: "repeat-day-mysql",
    guard: "that a key is as new after a day, in MySQL",
    file: MYSQL_TABLES,
    find: "${createdAt} <= ${expiredAt} or (",
    replace: "(",
    test: { ...MYSQL, name: DAY_LATER },
    fails: /expected \{ status: 'other-request' \} to deeply equal \{ status: 'claimed' \}/,
  },
];
