import { describe, expect, test } from "vitest";
import { type StreamId, streamId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";
import type { ViewerSession } from "../../src/ports/database.ts";
import type { UserDeletion } from "../../src/ports/user-tables.ts";
import type { DatabaseUnderTest } from "./database.ts";

/** An answer that is kept for a request which may be sent again. */
interface KeptAnswer {
  readonly key: string;
  readonly pathHash: string;
  readonly requestHash: string;
  readonly status: number;
  readonly answer: string;
  readonly createdAt: number;
}

export interface UsersUnderTest extends DatabaseUnderTest {
  keepAnswer(row: KeptAnswer): Promise<void>;
  answersTo(pathHash: string): Promise<readonly KeptAnswer[]>;
}

const NOON = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;

let made = 0;
const fresh = (name: string): StreamId => {
  made += 1;
  const id = streamId(`users-${name}-${`${made}`.padStart(4, "0")}`);
  if (id === undefined) throw new Error(`"${name}" is no id`);
  return id;
};

const audit = (action: string, subject: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  id: crypto.randomUUID(),
  at: NOON,
  actor: "admin-key",
  action,
  subject,
  before: undefined,
  after: undefined,
  ...more,
});

const deletionOf = (user: string, more: Partial<UserDeletion> = {}): UserDeletion => ({
  user,
  sessions: [],
  pathHash: `hash of ${user}`,
  audit: audit("user.delete", user),
  ...more,
});

const sessionOf = (stream: string, visitor: string, more: Partial<ViewerSession> = {}) => ({
  startedDay: 20261121,
  session: crypto.randomUUID(),
  stream,
  visitor,
  startedAt: NOON,
  endedAt: NOON + 1,
  stamp: stamp(1, 1),
  ...more,
});

/** The promises of the port `UserTables`, for any adapter of it. */
export const userTablesContract = (open: () => UsersUnderTest): void => {
  const users = () => open().database.users;
  const registry = () => open().database.registry;
  const saveSessions = (rows: readonly ViewerSession[]) =>
    open().database.streams.saveSessions(rows);

  const putUser = (user: string): Promise<void> =>
    registry().putUser(
      { id: user, name: "Ada" },
      audit("user.put", user, { after: { name: "Ada" } }),
    );

  const ownerOf = async (broadcaster: string) => (await registry().broadcaster(broadcaster))?.user;

  describe("a user who is deleted", () => {
    test("is gone, and so is their name from the log of what was done; that they were deleted is in it", async () => {
      const [user, other] = [fresh("user"), fresh("user")];
      for (const one of [user, other]) await putUser(one);
      expect(await users().deleteUser(deletionOf(user))).toEqual({ registered: true });
      expect(await registry().user(user)).toBeUndefined();
      const entries = await open().auditEntries(user);
      expect(entries.map(({ detail }) => detail)).toEqual(["{}", "{}"]);
      expect(await registry().user(other)).toEqual({ id: other, name: "Ada" });
      expect((await open().auditEntries(other))[0]?.detail).toContain("Ada");
    });

    test("is nobody's broadcaster any more, and broadcasters of others stay theirs", async () => {
      const [user, other, owned, free] = [
        fresh("user"),
        fresh("user"),
        fresh("owned"),
        fresh("free"),
      ];
      for (const one of [user, other]) await putUser(one);
      const put = (id: string, owner: string) =>
        registry().putBroadcaster({ id, name: "B", user: owner }, audit("broadcaster.put", id));
      await put(owned, user);
      await put(free, other);
      await users().deleteUser(deletionOf(user));
      expect(await registry().broadcaster(owned)).toEqual({
        id: owned,
        name: "B",
        user: undefined,
      });
      expect(await ownerOf(free)).toBe(other);
    });

    test("was not registered where nobody had put them, also the second time", async () => {
      const [user, nobody] = [fresh("user"), fresh("nobody")];
      await putUser(user);
      await users().deleteUser(deletionOf(user));
      expect(await users().deleteUser(deletionOf(user))).toEqual({ registered: false });
      expect(await users().deleteUser(deletionOf(nobody))).toEqual({ registered: false });
      expect(await open().auditEntries(nobody)).toHaveLength(1);
    });

    test("takes the sessions along that are named, over days, and no others", async () => {
      const [user, stream] = [fresh("user"), fresh("stream")];
      const theirs = [
        sessionOf(stream, "ann"),
        sessionOf(stream, "ann", { startedDay: 20261122, startedAt: NOON + DAY }),
      ];
      const bobs = sessionOf(stream, "bob");
      await saveSessions([...theirs, bobs]);
      const sessions = await users().sessionsOf([{ stream, visitor: "ann" }]);
      await users().deleteUser(deletionOf(user, { sessions }));
      expect(await users().sessionsOf([{ stream, visitor: "ann" }])).toEqual([]);
      expect(await users().sessionsOf([{ stream, visitor: "bob" }])).toEqual([
        expect.objectContaining({ session: bobs.session }),
      ]);
    });

    test("leaves no answers to requests about them, but those that are being worked on and those about others", async () => {
      const [user, other] = [fresh("user"), fresh("user")];
      const row = (pathHash: string, status: number): KeptAnswer => ({
        key: crypto.randomUUID(),
        pathHash,
        requestHash: "r",
        status,
        answer: '{"name":"Ada"}',
        createdAt: NOON,
      });
      const { keepAnswer, answersTo } = open();
      await keepAnswer(row(`hash of ${user}`, 200));
      await keepAnswer(row(`hash of ${user}`, 0));
      await keepAnswer(row(`hash of ${other}`, 200));
      await users().deleteUser(deletionOf(user));
      expect((await answersTo(`hash of ${user}`)).map(({ status }) => status)).toEqual([0]);
      expect(await answersTo(`hash of ${other}`)).toHaveLength(1);
    });

    test("keeps what was done to somebody or something else of the same name", async () => {
      const id = fresh("same");
      await putUser(id);
      const entry = audit("broadcaster.put", id, { after: { name: "Channel" } });
      await registry().putBroadcaster({ id, name: "Channel" }, entry);
      await users().deleteUser(deletionOf(id));
      const entries = await open().auditEntries(id);
      expect(entries.find((one) => one.id === entry.id)?.detail).toContain("Channel");
      expect(await registry().broadcaster(id)).toMatchObject({ name: "Channel" });
    });

    test("is deleted as a whole or not at all", async () => {
      const [user, stream, owned] = [fresh("user"), fresh("stream"), fresh("owned")];
      await putUser(user);
      await registry().putBroadcaster(
        { id: owned, name: "B", user },
        audit("broadcaster.put", owned),
      );
      await saveSessions([sessionOf(stream, "ann")]);
      const sessions = await users().sessionsOf([{ stream, visitor: "ann" }]);
      // The log cannot take it.
      const entry = audit("user.delete", user, { at: Number.NaN });
      const wrong = deletionOf(user, { sessions, audit: entry });
      await expect(users().deleteUser(wrong)).rejects.toThrow();
      expect(await registry().user(user)).toEqual({ id: user, name: "Ada" });
      expect(await ownerOf(owned)).toBe(user);
      expect(await users().sessionsOf([{ stream, visitor: "ann" }])).toHaveLength(1);
      expect(await open().auditEntries(user)).toHaveLength(1);
    });
  });

  describe("sessions of visitors", () => {
    test("are found in each stream by the key the visitor has there, and by no other", async () => {
      const [one, two] = [fresh("stream"), fresh("stream")];
      await saveSessions([
        sessionOf(one, "a1"),
        sessionOf(two, "a2", { startedAt: NOON + 5 }),
        sessionOf(one, "a2"),
        sessionOf(two, "a1"),
        sessionOf(one, "b"),
      ]);
      const found = await users().sessionsOf([
        { stream: one, visitor: "a1" },
        { stream: two, visitor: "a2" },
      ]);
      expect(found.map(({ stream, startedAt }) => [stream, startedAt]).sort()).toEqual([
        [one, NOON],
        [two, NOON + 5],
      ]);
      expect(await users().sessionsOf([])).toEqual([]);
    });

    test("are found and deleted by the thousand", async () => {
      const stream = fresh("stream");
      const rows = Array.from({ length: 2_300 }, () => sessionOf(stream, "often"));
      await saveSessions([...rows, sessionOf(stream, "once")]);
      const others = Array.from({ length: 130 }, () => ({ stream: fresh("stream"), visitor: "x" }));
      const found = await users().sessionsOf([...others, { stream, visitor: "often" }]);
      expect(found).toHaveLength(2_300);
      const [kept, ...gone] = found;
      await users().deleteSessions(gone);
      await users().deleteSessions(gone);
      expect(await users().sessionsOf([{ stream, visitor: "often" }])).toEqual([kept]);
      expect(await users().sessionsOf([{ stream, visitor: "once" }])).toHaveLength(1);
      await users().deleteSessions([]);
    });
  });

  describe("streams that are live, or were of late", () => {
    test("are told in pages, in the order of their ids; planned ones and those of long ago are not", async () => {
      const broadcaster = fresh("broadcaster");
      await registry().putBroadcaster({ id: broadcaster, name: "B" }, audit("b", broadcaster));
      const [planned, live, old, late, again] = ["p", "l", "o", "r", "a"].map(fresh);
      const all = [planned, live, old, late, again].filter((id) => id !== undefined);
      for (const id of all) {
        const entry = { id, broadcaster, title: "T", visibility: "public", expectedViewers: 0 };
        await registry().putStream({ ...entry, visibility: "public" }, audit("stream.put", id));
      }
      const start = async (id: StreamId | undefined, at: number) =>
        id && (await registry().startStream(id, at, audit("stream.start", id)));
      const end = async (id: StreamId | undefined, at: number) =>
        id && (await registry().endStream(id, at, audit("stream.end", id)));
      for (const id of [live, old, late, again]) await start(id, NOON);
      await end(old, NOON + 999);
      await end(late, NOON + 1_000);
      await end(again, NOON + 1);
      await start(again, NOON + 2);
      const recent = async (limit: number) => {
        const found: StreamId[] = [];
        for (;;) {
          const page = await users().recentStreams(NOON + 1_000, found.at(-1), limit);
          found.push(...page);
          if (page.length < limit) return found.filter((id) => all.includes(id));
        }
      };
      const wanted = [live, late, again].filter((id) => id !== undefined);
      wanted.sort((a, b) => (a < b ? -1 : 1));
      expect(await recent(1)).toEqual(wanted);
      expect(await recent(500)).toEqual(wanted);
    });
  });
};
