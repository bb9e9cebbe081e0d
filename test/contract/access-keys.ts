import { describe, expect, test } from "vitest";
import type { AccessKey, AccessKeyTables } from "../../src/ports/access-key-tables.ts";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";

export interface AccessKeysUnderTest {
  readonly keys: AccessKeyTables;
  auditEntries(subject: string): Promise<readonly { readonly id: string }[]>;
}

type PutKey = Parameters<AccessKeyTables["put"]>[0];

/** More than a suite puts. */
const ALL = 1_000;

let made = 0;

/** Each is made later than all before. */
const key = (more: Partial<PutKey> = {}): PutKey => {
  made += 1;
  const at = Date.UTC(2026, 10, 21) + made * 1_000;
  return {
    name: `key-${`${made}`.padStart(4, "0")}`,
    hash: `${made}`.padStart(64, "0"),
    scopes: ["read"],
    createdAt: at,
    updatedAt: at,
    ...more,
  };
};

const audit = (subject: string, action = "key.put"): AuditEntry => ({
  id: crypto.randomUUID(),
  at: Date.UTC(2026, 10, 21),
  actor: "admin-key",
  action,
  subject,
  before: undefined,
  after: { scopes: ["read"] },
});

/** The promises of the port `AccessKeyTables`, for any adapter of it. */
export const accessKeyTablesContract = (open: () => AccessKeysUnderTest): void => {
  const put = (row: PutKey): Promise<AccessKey> => open().keys.put(row, audit(row.name));
  const namesOf = (rows: readonly AccessKey[]) => rows.map(({ name }) => name);

  describe("keys by name", () => {
    test("one comes back as it was put, one that is not there does not", async () => {
      const { keys } = open();
      const row = key({ scopes: ["read", "write", "operate"], name: `K_${"x".repeat(62)}` });
      expect(await put(row)).toEqual({ ...row, revoked: false });
      expect(await keys.find(row.name)).toEqual({ ...row, revoked: false });
      expect(await keys.find("key-of-nobody")).toBeUndefined();
    });

    test("names that differ in case are two", async () => {
      const [lower, upper] = [key({ name: "cased" }), key({ name: "Cased" })];
      await put(lower);
      await put(upper);
      expect(await open().keys.find("cased")).toMatchObject({ hash: lower.hash });
      expect(await open().keys.find("Cased")).toMatchObject({ hash: upper.hash });
    });

    test("put again, it has another hash and other scopes, and was made when it first was", async () => {
      const first = key();
      await put(first);
      const next = key({ name: first.name, scopes: ["write"] });
      const after = { ...next, createdAt: first.createdAt, revoked: false };
      expect(await put(next)).toEqual(after);
      expect(await open().keys.find(first.name)).toEqual(after);
    });

    test("a put that comes late, or twice, changes nothing and leaves one entry of each that stood", async () => {
      const { keys, auditEntries } = open();
      const first = key();
      const second = key({ name: first.name, scopes: ["operate"] });
      const entries = [audit(first.name), audit(first.name)] as const;
      const stands = await keys.put(second, entries[1]);
      expect(await keys.put(first, entries[0])).toEqual(stands);
      expect(await keys.put(second, entries[1])).toEqual(stands);
      expect((await auditEntries(first.name)).map(({ id }) => id)).toEqual([entries[1].id]);
    });

    test("a put that was sent before it was revoked, and comes after, does not make it good", async () => {
      const { keys } = open();
      const row = key();
      await put(row);
      const sent = key({ name: row.name });
      const revoked = await keys.revoke(row.name, sent.updatedAt, audit(row.name, "key.revoke"));
      expect(await put(sent)).toEqual(revoked);
      expect(namesOf(await keys.standing(ALL))).not.toContain(row.name);
    });

    test("revoked, it stands no more and is still listed; put anew, it is good", async () => {
      const { keys } = open();
      const row = key();
      await put(row);
      expect(namesOf(await keys.standing(ALL))).toContain(row.name);
      const at = row.updatedAt + 5;
      const revoked = await keys.revoke(row.name, at, audit(row.name, "key.revoke"));
      expect(revoked).toEqual({ ...row, revoked: true, updatedAt: at });
      expect(namesOf(await keys.standing(ALL))).not.toContain(row.name);
      expect(namesOf(await keys.list(ALL))).toContain(row.name);
      const again = key({ name: row.name });
      expect(await put(again)).toMatchObject({ revoked: false, hash: again.hash });
      expect(namesOf(await keys.standing(ALL))).toContain(row.name);
    });

    test("it is revoked once: the same again changes nothing and leaves no entry", async () => {
      const { keys, auditEntries } = open();
      const row = key();
      await put(row);
      const first = audit(row.name, "key.revoke");
      const revoked = await keys.revoke(row.name, row.updatedAt + 1, first);
      const again = audit(row.name, "key.revoke");
      expect(await keys.revoke(row.name, row.updatedAt + 9, again)).toEqual(revoked);
      const kept = (await auditEntries(row.name)).map(({ id }) => id);
      expect(kept).toContain(first.id);
      expect(kept).not.toContain(again.id);
      expect(kept).toHaveLength(2);
    });

    test("of what is not there nothing is revoked, and no entry is kept", async () => {
      const { keys, auditEntries } = open();
      expect(await keys.revoke("key-of-nobody", 1, audit("key-of-nobody"))).toBeUndefined();
      expect(await auditEntries("key-of-nobody")).toEqual([]);
    });

    test("a clock that is behind revokes all the same, and the key is newer by it", async () => {
      const { keys } = open();
      const row = key();
      await put(row);
      const revoked = await keys.revoke(row.name, row.updatedAt - 60_000, audit(row.name));
      expect(revoked).toMatchObject({ revoked: true, updatedAt: row.updatedAt + 1 });
    });

    test("the oldest stand first, all are listed by name, no more than asked for", async () => {
      const { keys } = open();
      const rows = [key(), key(), key()];
      for (const row of rows.toReversed()) await put(row);
      const standing = await keys.standing(ALL);
      expect(standing.map(({ createdAt }) => createdAt)).toEqual(
        standing.map(({ createdAt }) => createdAt).toSorted((a, b) => a - b),
      );
      const listed = namesOf(await keys.list(ALL));
      expect(listed).toEqual(listed.toSorted());
      expect(await keys.standing(2)).toEqual(standing.slice(0, 2));
      expect(namesOf(await keys.list(2))).toEqual(listed.slice(0, 2));
    });
  });
};
