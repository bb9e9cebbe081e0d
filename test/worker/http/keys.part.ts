import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, test } from "vitest";
import { KEYS_MAX } from "../../../src/core/limits.ts";
import type { AccessKey } from "../../../src/ports/access-key-tables.ts";
import { sha256Hex } from "../../../src/protocol/sha256.ts";
import { auditLog } from "../../../src/schema/d1/operations.ts";
import { adminRequest, put } from "../support/admin.ts";
import { fail } from "../support/broken.ts";
import { refusalOf, send } from "../support/client.ts";
import { type Fetch, workerWithServices } from "../support/compose.ts";
import { giveKey, withKey } from "../support/keys.ts";

const database = drizzle(env.DB);
const HASH = "0123456789abcdef".repeat(4);
const INSTANT = expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/);

const auditOf = (subject: string) =>
  database.select().from(auditLog).where(eq(auditLog.subject, subject)).orderBy(asc(auditLog.id));

const del = (name: string): Promise<Response> => send(adminRequest("DELETE", `keys/${name}`));

interface Listed {
  readonly keys: readonly { readonly name: string }[];
}

/** @returns its entry, without what is told of all others */
const listed = async (name: string) => {
  const answer = await send(adminRequest("GET", "keys"));
  expect(answer.status).toBe(200);
  return (await answer.json<Listed>()).keys.find((key) => key.name === name);
};

/** The Worker with a database in which keys are otherwise. */
const workerWithKeys = (changes: object): Fetch =>
  workerWithServices((services) => ({
    ...services,
    keys: { ...services.keys, keys: { ...services.keys.keys, ...changes } },
  }));

describe("a key by name", () => {
  test("is put, put again, listed, revoked and put anew", async () => {
    const shown = { name: "shop", scopes: ["read"], revoked: false };
    const made = await put("keys/shop", { hash: HASH, scopes: ["read"] });
    expect(made.status).toBe(201);
    expect(await made.json()).toEqual({ ...shown, createdAt: INSTANT, updatedAt: INSTANT });

    const again = await put("keys/shop", { hash: HASH, scopes: ["operate", "read", "read"] });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ scopes: ["read", "operate"] });

    const gone = await del("shop");
    expect(gone.status).toBe(200);
    const told = await gone.json();
    expect(told).toMatchObject({ name: "shop", revoked: true });
    const twice = await del("shop");
    expect([twice.status, await twice.json()]).toEqual([200, told]);
    expect(await listed("shop")).toEqual(told);

    expect((await put("keys/shop", { hash: HASH, scopes: ["write"] })).status).toBe(200);
    expect(await listed("shop")).toMatchObject({ revoked: false, scopes: ["write"] });
  });

  test("is good for what is left of its scopes when it is put with others", async () => {
    const key = await giveKey("narrowed", "read", "operate");
    expect((await send(withKey("GET", "/v1/admin/status", key))).status).toBe(200);
    await put("keys/narrowed", { hash: await sha256Hex(key), scopes: ["operate"] });
    expect((await send(withKey("GET", "/v1/admin/status", key))).status).toBe(403);
    expect((await send(withKey("GET", "/v1/admin/keys", key))).status).toBe(200);
  });

  test("leaves entries that tell who did it, and never its hash", async () => {
    const key = await giveKey("chief", "operate", "write");
    const body = { hash: HASH, scopes: ["read"] };
    expect((await send(withKey("PUT", "/v1/admin/keys/clerk", key, body))).status).toBe(201);
    expect((await send(withKey("PUT", "/v1/admin/keys/clerk", key, body))).status).toBe(200);
    expect((await send(withKey("DELETE", "/v1/admin/keys/clerk", key))).status).toBe(200);
    const entries = await auditOf("clerk");
    expect(entries).toMatchObject([
      { actor: "chief", action: "key.put" },
      { actor: "chief", action: "key.put" },
      { actor: "chief", action: "key.revoke" },
    ]);
    expect(entries.slice(0, 2).map(({ detail }) => JSON.parse(detail))).toEqual([
      { after: { scopes: ["read"], keyChanged: true } },
      {
        before: { scopes: ["read"], revoked: false },
        after: { scopes: ["read"], keyChanged: false },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain(HASH);
    await send(withKey("PUT", "/v1/admin/contents/audited", key, { title: "Audited" }));
    expect(await auditOf("audited")).toMatchObject([{ actor: "chief", action: "content.put" }]);
  });

  test("is told of without its hash, in every answer", async () => {
    const texts = [
      await (await put("keys/quiet", { hash: HASH, scopes: ["read"] })).text(),
      await (await send(adminRequest("GET", "keys"))).text(),
      await (await del("quiet")).text(),
    ];
    for (const text of texts) expect(text).not.toMatch(/[0-9a-f]{32}/);
  });

  test.each([
    [{}],
    [{ hash: HASH }],
    [{ scopes: ["read"] }],
    [{ hash: HASH, scopes: [] }],
    [{ hash: HASH, scopes: ["admin"] }],
    [{ hash: HASH, scopes: "read" }],
    [{ hash: HASH, scopes: ["read", "read", "read", "read"] }],
    [{ hash: HASH.slice(1), scopes: ["read"] }],
    [{ hash: HASH.toUpperCase(), scopes: ["read"] }],
    [{ hash: HASH, scopes: ["read"], key: "hck_in-clear" }],
  ])("%o is refused", async (body) => {
    expect(await refusalOf(await put("keys/wrong", body))).toEqual([400, "invalid-request"]);
    expect(await listed("wrong")).toBeUndefined();
  });

  test("has a name that is an id, and not that of the deployment's own", async () => {
    const body = { hash: HASH, scopes: ["read"] };
    for (const name of ["a%20b", "x".repeat(65), "a.b", "%E2%82%AC"]) {
      expect(await refusalOf(await put(`keys/${name}`, body))).toEqual([400, "invalid-request"]);
    }
    const reserved = await put("keys/admin-key", body);
    expect(await refusalOf(reserved)).toEqual([422, "reserved-key-name"]);
    expect(await listed("admin-key")).toBeUndefined();
    expect(await auditOf("admin-key")).toEqual([]);
  });

  test("that nobody put is not revoked", async () => {
    expect(await refusalOf(await del("nobody"))).toEqual([404, "unknown-key"]);
    expect(await refusalOf(await del("admin-key"))).toEqual([404, "unknown-key"]);
    expect(await auditOf("nobody")).toEqual([]);
  });

  test("is one too many when there are a thousand, and one of those may still be changed", async () => {
    await put("keys/early", { hash: HASH, scopes: ["read"] });
    const many = Array.from({ length: KEYS_MAX }, (_, i) => ({ name: `k${i}` }));
    const worker = workerWithKeys({ list: async () => many });
    const body = { hash: HASH, scopes: ["write"] };
    const more = await worker(adminRequest("PUT", "keys/late", body));
    expect(await refusalOf(more)).toEqual([422, "too-many-keys"]);
    expect((await worker(adminRequest("PUT", "keys/early", body))).status).toBe(200);
  });
});

describe("what could not be saved is said so", () => {
  const body = { hash: HASH, scopes: ["read"] };

  test("while the database is away", async () => {
    const worker = workerWithKeys({ find: fail, put: fail, revoke: fail, list: fail });
    const putting = await worker(adminRequest("PUT", "keys/unlucky", body));
    expect(await refusalOf(putting)).toEqual([503, "not-saved"]);
    const revoking = await worker(adminRequest("DELETE", "keys/unlucky"));
    expect(await refusalOf(revoking)).toEqual([503, "not-saved"]);
    const listing = await worker(adminRequest("GET", "keys"));
    expect(listing.headers.get("Retry-After")).toBe("2");
    expect(await refusalOf(listing)).toEqual([503, "keys-unavailable"]);
  });

  test("when somebody else changed the key in this moment", async () => {
    const theirs: AccessKey = {
      ...{ name: "contested", hash: HASH.replace("0", "1"), scopes: ["read"], revoked: true },
      ...{ createdAt: 1, updatedAt: Date.now() + 1_000 },
    };
    const worker = workerWithKeys({ put: async () => theirs });
    const answer = await worker(adminRequest("PUT", "keys/contested", body));
    expect(await refusalOf(answer)).toEqual([503, "not-saved"]);
  });
});
