/** What keeps the keys that there are as they were decided: few, told apart, and revoked for good. */
import type { Patch } from "../patch.ts";

const OWN = { project: "pure", file: "test/app/access/own-keys.test.ts" } as const;
const KEYS = { project: "workers", file: "test/worker/http/keys.test.ts" } as const;
const D1 = { project: "workers", file: "test/worker/contract/stores.test.ts" } as const;
const D1_KEYS = "src/adapters/d1/access-key-tables.ts";
const MYSQL_KEYS = "src/adapters/mysql/access-key-tables.ts";
const MYSQL = { project: "workers", file: "test/worker/contract/mysql-database.test.ts" } as const;
const LATE_PUT =
  "a put that was sent before it was revoked, and comes after, does not make it good";

export const KEY_TABLE_PATCHES: readonly Patch[] = [
  {
    name: "own-key-length",
    guard: "that a key of the deployment is no short one",
    file: "src/env-keys.ts",
    find: "const MIN_CHARS = 24;",
    replace: "const MIN_CHARS = 1;",
    test: { ...OWN, name: "a key of the deployment has 24 characters, each of a list" },
    fails: /expected \[ 'short' \] to be undefined/,
  },
  {
    name: "own-key-twice",
    guard: "that a list has no key twice, which would be no rotation",
    file: "src/env-keys.ts",
    find: "new Set(keys).size < keys.length",
    replace: "new Set(keys).size > keys.length",
    test: { ...OWN, name: "a list has no key twice" },
    fails: /expected \[[^\]]*\] to be undefined/,
  },
  {
    name: "revoked-d1",
    guard: "that a revoked key stands no more, in D1",
    file: D1_KEYS,
    find: ".where(eq(revoked, false))\n",
    replace: "\n",
    test: { ...D1, name: "revoked, it stands no more and is still listed; put anew, it is good" },
    fails: /expected \[ 'key-\d+' \] to not include 'key-\d+'/,
  },
  {
    name: "revoked-mysql",
    guard: "that a revoked key stands no more, in MySQL",
    file: MYSQL_KEYS,
    find: ".where(eq(revoked, false))\n",
    replace: "\n",
    test: {
      ...MYSQL,
      name: "revoked, it stands no more and is still listed; put anew, it is good",
    },
    fails: /expected \[.* 'key-\d+'.* \] to not include 'key-\d+'/,
  },
  {
    name: "late-put-d1",
    guard: "that a put from before a revocation does not undo it, in D1",
    file: D1_KEYS,
    find: ", setWhere: lt(updatedAt, key.updatedAt)",
    replace: "",
    test: { ...D1, name: LATE_PUT },
    fails: /expected \{ name: 'key-.* to deeply equal \{ name: 'key-/,
  },
  {
    name: "late-put-mysql",
    guard: "that a put from before a revocation does not undo it, in MySQL",
    file: MYSQL_KEYS,
    find: "if(updated_at < values(updated_at), values(${column}), ${column})",
    replace: "values(${column})",
    test: { ...MYSQL, name: LATE_PUT },
    fails: /expected \{ name: 'key-.* to deeply equal \{ name: 'key-/,
  },
  {
    name: "key-reserved-name",
    guard: "that no key has the name of the deployment's own",
    file: "src/app/access/keys.ts",
    find: 'if (name === ROOT_ACTOR) return { status: "reserved-key-name" };',
    replace: "",
    test: { ...KEYS, name: "has a name that is an id, and not that of the deployment's own" },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "keys-bound",
    guard: "how many keys there are",
    file: "src/app/access/keys.ts",
    find: 'return { status: "too-many-keys" };',
    replace: "",
    test: {
      ...KEYS,
      name: "is one too many when there are a thousand, and one of those may still be changed",
    },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
];
