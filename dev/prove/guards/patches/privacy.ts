/** What keeps who somebody is from being known for longer than it has to be, or by others. */
import type { Patch } from "../patch.ts";

const SALTS = { project: "pure", file: "test/app/views/salt-keeper.test.ts" } as const;
const BYTES = { project: "pure", file: "test/app/live/salt-bytes.test.ts" } as const;
const ROOM = { project: "pure", file: "test/app/live/room.test.ts" } as const;
const FORGET = { project: "pure", file: "test/app/live/forget-crashes.test.ts" } as const;
const DELETE = { project: "pure", file: "test/app/live/delete-user.test.ts" } as const;
const D1_ERRORS = { project: "pure", file: "test/app/d1-errors.test.ts" } as const;
const FIELDS = { project: "pure", file: "test/app/refused-fields.test.ts" } as const;
const ERRORS = { project: "workers", file: "test/worker/http/front.test.ts" } as const;
const D1 = { project: "workers", file: "test/worker/contract/stores.test.ts" } as const;
const LIVE_ROOM = "src/app/live/room.ts";
const DELETE_USER = "src/app/live/delete-user.ts";
const MYSQL = { project: "workers", file: "test/worker/contract/mysql-database.test.ts" } as const;
const NO_ANSWERS = "leaves no answers to requests about them";

export const PRIVACY_PATCHES: readonly Patch[] = [
  {
    name: "salt-of-a-day",
    guard: "that a day's salt goes after 72 h",
    file: "src/app/views/salt-keeper.ts",
    find: "store.deleteThrough(now - SALT_LIFE_MS);",
    replace: "",
    test: {
      ...SALTS,
      name: "a salt is gone for good 72 h after its day began, with nobody asking",
    },
    fails: /expected 1 to be \+?0|to be \+?0/,
  },
  {
    name: "salt-of-the-past",
    guard: "that a salt is never made for a day that is over",
    file: "src/app/views/salt-keeper.ts",
    find: "this.#make(calendar.dayOf(now));",
    replace:
      "this.#make(calendar.dayOf(now));\n    this.#make(calendar.dayOf(calendar.dayOf(now).startMs - 1));",
    test: {
      ...SALTS,
      name: "tomorrow's salt exists an hour before tomorrow begins, and yesterday's is never made afterwards",
    },
    fails: /expected \[ '2026-11-20', '2026-11-21' \] to deeply equal \[ '2026-11-21' \]/,
  },
  {
    name: "salt-overwritten",
    guard: "that a day's salt is overwritten before it is deleted",
    file: "src/adapters/objects/salt-store.ts",
    find: 'sql.exec("UPDATE salts SET salt = zeroblob(length(salt)) WHERE start_ms <= ?", startMs);',
    replace: "",
    test: { ...BYTES, name: "of a day's salt that was deleted nothing is left in the file" },
    fails: /expected \[ true, true, true \] to deeply equal \[ false, false, true \]/,
  },
  {
    name: "room-salt-overwritten",
    guard: "that a room's salt is overwritten before it is deleted",
    file: "src/adapters/objects/room-store.ts",
    find: 'sql.exec("UPDATE salt SET salt = zeroblob(length(salt))");',
    replace: "",
    test: { ...BYTES, name: "of a room's salt that was deleted nothing is left in the file" },
    fails: /expected true to be false/,
  },
  {
    name: "salt-of-a-room",
    guard: "that a room's salt goes 48 h after the end",
    file: "src/app/live/door.ts",
    find: "    this.#deps.store.deleteSalt();\n",
    replace: "",
    test: { ...ROOM, name: "the end is published, and 48 h later nobody can tell who was there" },
    fails: /to deeply equal \[\]/,
  },
  {
    name: "salt-not-taken-up",
    guard: "that a salt that should be gone is not taken up again",
    file: "src/app/live/door.ts",
    find: "if (ends !== null && ends <= now) this.deleteSalt();",
    replace: "",
    test: { ...ROOM, name: "a start within 48 hours of the end keeps the salt" },
    fails: /expected '[\da-f]+…' not to be '[\da-f]+…'/,
  },
  {
    name: "forget-connections",
    guard: "that a deleted user is shown out",
    file: LIVE_ROOM,
    find: "const connections = this.#door.showOut(visitor, now);",
    replace: "const connections = 0;",
    test: { ...FORGET, name: "who was forgotten is none of those who came of late" },
    fails: /expected \{.*viewers: 3|to match object \{ viewers: 2/,
  },
  {
    name: "forget-waits",
    guard: "that a deletion waits for what is under way",
    file: LIVE_ROOM,
    find: "await this.#outbox.idle();\n    const now",
    replace: "const now",
    test: {
      ...FORGET,
      name: "an order waits for what is under way, and tells what had not been sent",
    },
    fails: /expected true to be false/,
  },
  {
    name: "forget-sessions",
    guard: "that a deleted user's sessions are dropped",
    file: "src/app/live/outbox.ts",
    find: "const sessions = store.deleteSessionsOf(visitor);",
    replace: "const sessions = 0;",
    test: {
      ...FORGET,
      name: "what a room had still to send of a forgotten user is never in the database",
    },
    fails: /Property failed/,
  },
  {
    name: "forget-late",
    guard: "that what comes late of a deleted user is taken back",
    file: "src/app/live/outbox.ts",
    find: "store.saveForgotten({ visitor, at });",
    replace: "",
    test: {
      ...FORGET,
      name: "what an instance that died had sent is taken back when it comes after the order was done",
    },
    fails: /expected 2 to be 1/,
  },
  {
    name: "delete-rooms-first",
    guard: "that the database is left alone until every room has forgotten",
    file: DELETE_USER,
    find: "return failed ? undefined : all;",
    replace: "return all;",
    test: {
      ...DELETE,
      name: "while a room does not answer the database is left alone, and all other rooms have forgotten",
    },
    fails: /to deeply equal \{ status: 'room-unavailable' \}/,
  },
  {
    name: "delete-slack",
    guard: "that rooms are asked for longer than their salts live",
    file: DELETE_USER,
    find: "- ROOM_SALT_LIFE_MS - FORGET_SLACK_MS",
    replace: "- ROOM_SALT_LIFE_MS",
    test: { ...DELETE, name: "every room whose salt may live is asked, over pages" },
    fails: /to be less than/,
  },
  {
    name: "delete-audit",
    guard: "that the audit log forgets what it said of a deleted user",
    file: "src/adapters/sql/user-deeds.ts",
    find: 'USER_DEEDS = "user.%"',
    replace: 'USER_DEEDS = "users.%"',
    test: { ...D1, name: "is gone, and so is their name from the log of what was done" },
    fails:
      /expected \[ '\{"after":\{"name":"Ada"\}\}', '\{\}' \] to deeply equal \[ '\{\}', '\{\}' \]/,
  },
  {
    name: "d1-words",
    guard: "that D1's words are not told",
    file: "src/adapters/d1/explain.ts",
    find: 'codes.length > 0 ? codes.join(" ") :',
    replace: "codes.length > 0 ? text :",
    test: { ...D1_ERRORS, name: "says neither statement nor values, however deep they are in it" },
    fails: /to be 'D1_ERROR SQLITE_CONSTRAINT_TRIGGER'/,
  },
  {
    name: "refusal-of-a-field",
    guard: "that a refusal does not repeat what was sent",
    file: "src/http/read-body.ts",
    find: "const said = withoutReceived(issue);",
    replace: "const said = issue.message;",
    test: { ...FIELDS, name: "is named without what was sent in it" },
    fails: /not to contain 'eyJhbGciOi-a-secret/,
  },
  {
    name: "internal-words",
    guard: "that an internal error is told without its words",
    file: "src/http/app.ts",
    find: 'return problem("internal");',
    replace: 'return problem("internal", { detail: error.message });',
    test: { ...ERRORS, name: "an internal error says nothing of its cause" },
    fails: /not to contain 'hunter2'/,
  },
  {
    name: "delete-answers",
    guard: "that answers to requests about a deleted user go, in D1",
    file: "src/adapters/d1/user-tables.ts",
    find: "ne(idempotencyKeys.status, 0)",
    replace: "eq(idempotencyKeys.status, 0)",
    test: { ...D1, name: NO_ANSWERS },
    fails: /expected \[ 200 \] to deeply equal \[ \+?0 \]/,
  },
  {
    name: "delete-answers-mysql",
    guard: "that answers to requests about a deleted user go, in MySQL",
    file: "src/adapters/mysql/user-tables.ts",
    find: "ne(idempotencyKeys.status, 0)",
    replace: "eq(idempotencyKeys.status, 0)",
    test: { ...MYSQL, name: NO_ANSWERS },
    fails: /expected \[ 200 \] to deeply equal \[ \+?0 \]/,
  },
];
