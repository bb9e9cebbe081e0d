/** What keeps a value that is older than the one there from taking its place. */
import type { Patch } from "../patch.ts";

const OLDER = "a value with an older or the same stamp changes nothing";
const MYSQL = { project: "workers", file: "test/worker/contract/mysql-database.test.ts" } as const;
const D1 = { project: "workers", file: "test/worker/contract/stores.test.ts" } as const;
const LIST = { project: "pure", file: "test/app/live/rankings.test.ts" } as const;
const BOARD = { project: "pure", file: "test/app/views/view-rankings.test.ts" } as const;
const COUNTS = { project: "node", file: "test/redis/counts.test.ts" } as const;
const STREAMS = { project: "node", file: "test/redis/streams.test.ts" } as const;

export const STAMP_PATCHES: readonly Patch[] = [
  {
    name: "stamp-mysql",
    guard: "the comparison of stamps in MySQL's upsert",
    file: "src/adapters/mysql/forward-upsert.ts",
    find: "`${standing} = IF(VALUES(\\`stamp\\`) > \\`stamp\\`, ${sent}, ${standing})`",
    replace: "`${standing} = ${sent}`",
    test: { ...MYSQL, name: OLDER },
    fails: /expected \[ \{ content: 'older-1'.* to deeply equal \[ \{ content: 'older-1'/,
  },
  {
    name: "stamp-mysql-order",
    guard: "that the stamp is assigned last",
    file: "src/adapters/mysql/forward-upsert.ts",
    find: 'return [...guarded, "`stamp` = GREATEST(`stamp`, VALUES(`stamp`))"];',
    replace: 'return ["`stamp` = GREATEST(`stamp`, VALUES(`stamp`))", ...guarded];',
    test: { ...MYSQL, name: "a value with a newer stamp takes the place of the older" },
    fails: /expected \[ \{ content: 'newer-1'.* to deeply equal \[ \{ content: 'newer-1'/,
  },
  {
    name: "stamp-mysql-equal",
    guard: "that an equal stamp changes nothing in MySQL",
    file: "src/adapters/mysql/forward-upsert.ts",
    find: "IF(VALUES(\\`stamp\\`) > \\`stamp\\`",
    replace: "IF(VALUES(\\`stamp\\`) >= \\`stamp\\`",
    test: { ...MYSQL, name: OLDER },
    fails: /expected \[ \{ content: 'older-1'.* to deeply equal \[ \{ content: 'older-1'/,
  },
  {
    name: "stamp-d1",
    guard: "the comparison of stamps in D1's upsert",
    file: "src/adapters/d1/forward-upsert.ts",
    find: "WHERE excluded.stamp > ${sql.raw(quoted(name))}.stamp`",
    replace: "WHERE true`",
    test: { ...D1, name: OLDER },
    fails: /expected \[ \{ content: 'older-1'.* to deeply equal \[ \{ content: 'older-1'/,
  },
  {
    name: "stamp-redis-counts",
    guard: "the comparison of stamps in Redis' counts",
    file: "src/adapters/redis/counts.ts",
    find: "or newer(string.sub(ARGV[2], 1, ${STAMP_CHARS}), stamp)",
    replace: "or true",
    test: { ...COUNTS, name: "of two parts the one with the larger stamp stays" },
    fails: /expected 77 to be 10/,
  },
  {
    name: "stamp-redis-order",
    guard: "the order of stamps by their bytes",
    file: "src/adapters/redis/script.ts",
    find: "if a ~= b then return a > (b or -1) end",
    replace: "if a ~= b then return true end",
    test: { ...COUNTS, name: "of two parts the one with the larger stamp stays" },
    fails: /expected 77 to be 10/,
  },
  {
    name: "stamp-redis-streams",
    guard: "the comparison of stamps in Redis' streams",
    file: "src/adapters/redis/stream-hash.ts",
    find: "if not had or newer(ARGV[1], had) then",
    replace: "if true then",
    test: { ...STREAMS, name: "a publish is told what was there" },
    fails: /expected 10 to be 36/,
  },
  {
    name: "stamp-redis-list",
    guard: "the comparison of stamps in Redis' list of live streams",
    file: "src/adapters/redis/list-script.ts",
    find: "if not had or newer(stamp, had) then",
    replace: "if true then",
    test: { ...STREAMS, name: "a stream that ended is not brought back by an older publish" },
    fails: /expected \[ 'over', 'over' \] to deeply equal \[\]/,
  },
  {
    name: "stamp-list",
    guard: "the comparison of stamps in the list of live streams",
    file: "src/app/live/rankings.ts",
    find: "known === undefined || known.entry.stamp < entry.stamp",
    replace: "known === undefined || known.entry.stamp !== entry.stamp",
    test: { ...LIST, name: "the entry with the largest stamp stays" },
    fails: /Property failed/,
  },
  {
    name: "stamp-board",
    guard: "the comparison of stamps in the ranking of views",
    file: "src/app/views/view-rankings-slots.ts",
    find: "known.stamp >= part.stamp",
    replace: "known.stamp === part.stamp",
    test: {
      ...BOARD,
      name: "survives the instance as it was told, and older messages are refused",
    },
    fails: /expected \{ window: 'realtime'.* to deeply equal/,
  },
  {
    name: "stamp-version-order",
    guard: "that versions are padded, so that they sort as they compare",
    file: "src/core/stamp.ts",
    find: 'value.toString(36).padStart(digits, "0")',
    replace: "value.toString(36)",
    test: {
      project: "pure",
      file: "test/core/stamp.test.ts",
      name: "stamps sort as their parts compare",
    },
    fails: /Property failed/,
  },
  {
    name: "published-never-falls",
    guard: "that a published number never falls by itself",
    file: "src/core/views/ledger.ts",
    find: "const published = Math.max(total.published, views);",
    replace: "const published = views;",
    test: {
      project: "pure",
      file: "test/core/views/ledger.test.ts",
      name: "its published number the highest truth ever",
    },
    fails: /Property failed/,
  },
  {
    name: "stamp-d1-equal",
    guard: "that an equal stamp changes nothing in D1",
    file: "src/adapters/d1/forward-upsert.ts",
    find: "WHERE excluded.stamp > ${",
    replace: "WHERE excluded.stamp >= ${",
    test: { ...D1, name: OLDER },
    fails: /expected \[ \{ content: 'older-1'.* to deeply equal \[ \{ content: 'older-1'/,
  },
  {
    name: "stamp-generation-order",
    guard: "that generations are padded too",
    file: "src/core/stamp.ts",
    find: "`${base36(generation, GENERATION_DIGITS)}-",
    replace: "`${generation.toString(36)}-",
    test: {
      project: "pure",
      file: "test/core/stamp.test.ts",
      name: "stamps sort as their parts compare",
    },
    fails: /Property failed/,
  },
];
