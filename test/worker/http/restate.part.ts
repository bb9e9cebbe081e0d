import { env } from "cloudflare:workers";
import { desc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { homesOf } from "../../../src/core/views/shards.ts";
import { auditLog } from "../../../src/schema/d1/operations.ts";
import { viewTotals } from "../../../src/schema/d1/views.ts";
import { adminRequest, flush, put } from "../support/admin.ts";
import { brokenTally } from "../support/broken.ts";
import { confirmAll, makeRequest, refusalOf, send, viewsOf } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { config, id, makeToken } from "../support/events.ts";
import { collectorAt, drain, rowsOf, tallyOf } from "../support/objects.ts";

const database = drizzle(env.DB);

const restate = (content: string, body: unknown) =>
  send(adminRequest("POST", `contents/${content}/restate`, body));

const reason = "counted by a broken page";

const count = async (content: string, views: number): Promise<void> => {
  const tokens = Array.from({ length: views }, () => makeToken({ content }));
  await confirmAll(await Promise.all(tokens), { cf: { colo: "RES" } });
  await drain(collectorAt("RES"));
};

test("a number is brought down, readers and the database are told, and views come on top", async () => {
  await count("inflated", 5);
  await flush();
  const answer = await restate("inflated", { views: 2, reason });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ content: "inflated", before: 5, after: 2 });
  expect(await viewsOf("inflated")).toBe(2);
  await flush();
  const rows = await database
    .select()
    .from(viewTotals)
    .where(eq(viewTotals.content, id("inflated")));
  expect(rows).toMatchObject([{ published: 2, restated: -3 }]);
  await count("inflated", 1);
  expect(await viewsOf("inflated")).toBe(3);
  expect(await (await restate("inflated", { reason })).json()).toMatchObject({
    before: 3,
    after: 6,
  });
});

test("what was before, what is after and why stand in the audit log", async () => {
  await put("contents/brought-down", { startViews: 10 });
  await restate("brought-down", { views: 4, reason });
  const [entry] = await database
    .select()
    .from(auditLog)
    .where(eq(auditLog.subject, "brought-down"))
    .orderBy(desc(auditLog.id));
  expect(entry).toMatchObject({ action: "content.restate", actor: "admin-key" });
  expect(JSON.parse(entry?.detail ?? "")).toEqual({
    before: { views: 10 },
    after: { views: 4, reason },
  });
});

test("a content that is neither registered nor was ever viewed is 404, and nothing is kept of it", async () => {
  expect(await refusalOf(await restate("nobody-knows", { views: 4, reason }))).toEqual([
    404,
    "unknown-content",
  ]);
  const [home = 0] = homesOf(config.schedule, id("nobody-knows"));
  const query = "SELECT * FROM totals WHERE content = 'nobody-knows'";
  expect(await rowsOf(tallyOf(home), query)).toEqual([]);
  const entries = database.select().from(auditLog).where(eq(auditLog.subject, "nobody-knows"));
  expect(await entries).toEqual([]);
});

test.each([
  [{}],
  [{ views: 3 }],
  [{ views: -1, reason }],
  [{ views: 1.5, reason }],
  [{ views: "7", reason }],
  [{ views: null, reason }],
  [{ reason: "" }],
  [{ reason: "x".repeat(301) }],
  [{ reason: 7 }],
  [{ reason, because: "" }],
])("%o is refused", async (body) => {
  expect(await refusalOf(await restate("a", body))).toEqual([400, "invalid-request"]);
});

test("an id that is none, and a body that is no JSON, are refused", async () => {
  expect(await refusalOf(await restate("a%20b", { reason }))).toEqual([400, "invalid-request"]);
  const headers = adminRequest("POST", "contents/a/restate").headers;
  const url = "https://headcount.test/v1/admin/contents/a/restate";
  const broken = new Request(url, { method: "POST", headers, body: "{" });
  expect((await send(broken)).status).toBe(400);
});

test("who has no admin key gets nowhere", async () => {
  const body = { views: 4, reason };
  const answer = await send(makeRequest("POST", "/v1/admin/contents/a/restate", { body }));
  expect(await refusalOf(answer)).toEqual([401, "unauthorized"]);
});

test("when a shard is away it is 503, nothing changes, and the same request again does it", async () => {
  await put("contents/away", { startViews: 9 });
  const away = workerWith({ TALLIES: { getByName: () => brokenTally } });
  const request = () => adminRequest("POST", "contents/away/restate", { views: 4, reason });
  const answer = await away(request());
  expect(answer.headers.get("Retry-After")).toBe("2");
  expect(await refusalOf(answer)).toEqual([503, "not-saved"]);
  expect(await viewsOf("away")).toBe(9);
  expect((await send(request())).status).toBe(200);
  expect((await send(request())).status).toBe(200);
  expect(await viewsOf("away")).toBe(4);
});
