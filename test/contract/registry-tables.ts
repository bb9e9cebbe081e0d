import { describe, expect, test } from "vitest";
import { type StreamId, streamId } from "../../src/core/ids.ts";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";
import type { Broadcaster, StreamEntry } from "../../src/ports/database.ts";
import type { DatabaseUnderTest } from "./database.ts";

const NOON = Date.UTC(2026, 10, 21, 12);

let made = 0;
const fresh = (name: string): StreamId => {
  made += 1;
  const id = streamId(`registry-${name}-${made}`);
  if (id === undefined) throw new Error(`"${name}" is no id`);
  return id;
};

const audit = (subject: string, id = crypto.randomUUID()): AuditEntry => ({
  id,
  at: NOON,
  actor: "admin-key",
  action: "stream.put",
  subject,
  before: undefined,
  after: { subject },
});

/** The promises of the port `RegistryTables`, for any adapter of it. */
export const registryTablesContract = (open: () => DatabaseUnderTest): void => {
  const registry = () => open().database.registry;

  const newBroadcaster = async (): Promise<string> => {
    const id = fresh("broadcaster");
    await registry().putBroadcaster({ id, name: "B" }, audit(id));
    return id;
  };

  /** A planned stream. */
  const newStream = async (more: Partial<StreamEntry> = {}): Promise<StreamEntry> => {
    const entry: StreamEntry = {
      id: fresh("stream"),
      broadcaster: more.broadcaster ?? (await newBroadcaster()),
      title: "T",
      visibility: "public",
      expectedViewers: 0,
      ...more,
    };
    await registry().putStream(entry, audit(entry.id));
    return entry;
  };

  const start = (id: StreamId, at: number, entry = audit(id)) =>
    registry().startStream(id, at, entry);
  const end = (id: StreamId, at: number, entry = audit(id)) => registry().endStream(id, at, entry);

  describe("users and broadcasters", () => {
    test("are written as a whole, with an audit entry each time", async () => {
      const { auditEntries } = open();
      const [user, id] = [fresh("user"), fresh("broadcaster")];
      await registry().putUser({ id: user, name: "Ünal" }, audit(user));
      expect(await registry().user(user)).toEqual({ id: user, name: "Ünal" });
      await registry().putUser({ id: user }, audit(user));
      expect(await registry().user(user)).toEqual({ id: user, name: undefined });
      expect(await auditEntries(user)).toHaveLength(2);

      const owned: Broadcaster = { id, name: "Owned", user };
      await registry().putBroadcaster(owned, audit(id));
      expect(await registry().broadcaster(id)).toEqual(owned);
      await registry().putBroadcaster({ id, name: "Free" }, audit(id));
      expect(await registry().broadcaster(id)).toEqual({ id, name: "Free", user: undefined });
      expect(await auditEntries(id)).toHaveLength(2);
    });

    test("nobody has heard of are not there", async () => {
      expect(await registry().user(fresh("nobody"))).toBeUndefined();
      expect(await registry().broadcaster(fresh("nobody"))).toBeUndefined();
    });

    test("a broadcaster of an unknown user is refused, with nothing left behind", async () => {
      const id = fresh("broadcaster");
      const put = registry().putBroadcaster({ id, name: "B", user: fresh("nobody") }, audit(id));
      await expect(put).rejects.toThrow();
      expect(await registry().broadcaster(id)).toBeUndefined();
      expect(await open().auditEntries(id)).toEqual([]);
    });
  });

  describe("a stream", () => {
    test("is written as a whole, planned at first", async () => {
      const category = fresh("category");
      await open().database.contents.putCategory(category, "C", audit(category));
      const entry = await newStream({ category, visibility: "private", expectedViewers: 20_000 });
      const planned = { status: "planned", startedAt: undefined, endedAt: undefined };
      expect(await registry().stream(entry.id)).toEqual({ ...entry, ...planned });
      const { id, broadcaster } = entry;
      const changed = { id, broadcaster, title: "Now", visibility: "public", expectedViewers: 0 };
      await newStream({ ...changed, visibility: "public", category: undefined });
      expect(await registry().stream(id)).toEqual({ ...changed, category: undefined, ...planned });
      expect(await open().auditEntries(id)).toHaveLength(2);
    });

    test.each([
      ["broadcaster", { broadcaster: "registry-nobody" }],
      ["category", { category: "registry-nowhere" }],
    ])("of an unknown %s is refused, with nothing left behind", async (_, wrong) => {
      const id = fresh("orphan");
      await expect(newStream({ id, ...wrong })).rejects.toThrow();
      expect(await registry().stream(id)).toBeUndefined();
      expect(await open().auditEntries(id)).toEqual([]);
    });

    test("that names somebody unknown when it is written again stays as it was", async () => {
      const entry = await newStream();
      await expect(newStream({ ...entry, broadcaster: "registry-nobody" })).rejects.toThrow();
      expect(await registry().stream(entry.id)).toMatchObject(entry);
      expect(await open().auditEntries(entry.id)).toHaveLength(1);
    });

    test("is found among others, and those nobody has heard of are not", async () => {
      const broadcaster = await newBroadcaster();
      const streams = await Promise.all([newStream({ broadcaster }), newStream({ broadcaster })]);
      const ids = streams.map(({ id }) => id);
      const unheard = Array.from({ length: 150 }, () => fresh("unheard"));
      const found = await registry().findStreams([...unheard, ...ids]);
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids));
      expect(await registry().findStreams([])).toEqual([]);
    });
  });

  describe("starting and ending", () => {
    test("change status and times alone, and writing the stream again changes neither", async () => {
      const entry = await newStream();
      const live = { ...entry, status: "live", startedAt: NOON, endedAt: undefined };
      expect(await start(entry.id, NOON)).toMatchObject(live);
      await newStream({ ...entry, title: "Renamed" });
      expect(await registry().stream(entry.id)).toMatchObject({ ...live, title: "Renamed" });
      expect(await end(entry.id, NOON + 5)).toMatchObject({
        title: "Renamed",
        status: "ended",
        startedAt: NOON,
        endedAt: NOON + 5,
      });
    });

    test("again keep the first time, and leave no second audit entry", async () => {
      const { id } = await newStream();
      await start(id, NOON);
      expect(await start(id, NOON + 1)).toMatchObject({ status: "live", startedAt: NOON });
      expect(await open().auditEntries(id)).toHaveLength(2);
      await end(id, NOON + 2);
      expect(await end(id, NOON + 3)).toMatchObject({ status: "ended", endedAt: NOON + 2 });
      expect(await open().auditEntries(id)).toHaveLength(3);
    });

    test("a start after an end begins anew", async () => {
      const { id } = await newStream();
      await start(id, NOON);
      await end(id, NOON + 1);
      const again = await start(id, NOON + 1);
      expect(again).toMatchObject({ status: "live", startedAt: NOON + 1 });
      expect(again?.endedAt).toBeUndefined();
    });

    test("an order that comes late does not undo a later one", async () => {
      const { id } = await newStream();
      const first = audit(id);
      await start(id, NOON, first);
      await end(id, NOON + 10);
      expect(await start(id, NOON, first)).toMatchObject({ status: "ended", endedAt: NOON + 10 });
      await start(id, NOON + 20);
      expect(await end(id, NOON + 10)).toMatchObject({ status: "live", startedAt: NOON + 20 });
    });

    test("a planned stream can be ended, without having been live", async () => {
      const { id } = await newStream();
      const ended = await end(id, NOON);
      expect(ended).toMatchObject({ status: "ended", endedAt: NOON });
      expect(ended?.startedAt).toBeUndefined();
    });

    test("of an unknown stream do nothing, and leave no audit entry", async () => {
      const id = fresh("unheard");
      expect(await start(id, NOON)).toBeUndefined();
      expect(await end(id, NOON)).toBeUndefined();
      expect(await registry().stream(id)).toBeUndefined();
      expect(await open().auditEntries(id)).toEqual([]);
    });
  });
};
