import { env } from "cloudflare:workers";
import { desc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, test } from "vitest";
import { homesOf } from "../../../src/core/views/shards.ts";
import type { JobRun } from "../../../src/ports/database.ts";
import { auditLog, jobRuns } from "../../../src/schema/d1/operations.ts";
import { currentViewers } from "../../../src/schema/d1/viewers.ts";
import { viewTotals } from "../../../src/schema/d1/views.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";
import { adminRequest, flush, flushAll, put } from "../support/admin.ts";
import { brokenTally, fail } from "../support/broken.ts";
import { confirmAll, makeRequest, problemOf, refusalOf, send, viewsOf } from "../support/client.ts";
import { type Fetch, workerWith } from "../support/compose.ts";
import { config, id, makeToken } from "../support/events.ts";
import { collectorAt, drain } from "../support/objects.ts";

const database = drizzle(env.DB);

const flushOf = async (worker: Fetch) =>
  (await worker(adminRequest("POST", "flush"))).json<{ views: JobRun; streams: JobRun }>();

const auditOf = (subject: string) =>
  database.select().from(auditLog).where(eq(auditLog.subject, subject)).orderBy(desc(auditLog.id));

describe("who has no admin key gets nowhere", () => {
  test.each([
    ["PUT", "/v1/admin/contents/a"],
    ["PUT", "/v1/admin/categories/a"],
    ["POST", "/v1/admin/flush"],
    ["POST", "/v1/admin/correct"],
    ["POST", "/v1/admin/rebuild"],
    ["GET", "/v1/admin/corrections"],
    ["GET", "/v1/admin/status"],
  ])("%s %s", async (method, path) => {
    for (const authorization of [
      undefined,
      "",
      "Bearer",
      "Bearer nearly",
      `Basic ${config.adminKeys[0]}`,
    ]) {
      const headers = authorization === undefined ? {} : { Authorization: authorization };
      const answer = await send(makeRequest(method, path, { headers }));
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(await refusalOf(answer)).toEqual([401, "unauthorized"]);
    }
  });
});

describe("a content", () => {
  test("is saved as a whole, with what was before in the audit log", async () => {
    await put("categories/sport", { title: "Sport" });
    const body = { title: "Final", url: "https://a.example/final", category: "sport" };
    const answer = await put("contents/final", body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ id: "final", ...body, startViews: 0 });
    await put("contents/final", { title: "The final" });
    const [second, first] = await auditOf("final");
    expect(JSON.parse(first?.detail ?? "")).toEqual({
      after: { id: "final", ...body, startViews: 0 },
    });
    expect(JSON.parse(second?.detail ?? "")).toMatchObject({
      before: { title: "Final", category: "sport" },
      after: { title: "The final" },
    });
  });

  test("brings views along: at once in its number, once however often it is said, on top of what was counted", async () => {
    await confirmAll([await makeToken({ content: "moved" })], { cf: { colo: "MOV" } });
    await drain(collectorAt("MOV"));
    await put("contents/moved", { startViews: 1_000 });
    await put("contents/moved", { startViews: 1_000 });
    expect(await viewsOf("moved")).toBe(1_001);
    await put("contents/moved", { title: "Moved here" });
    expect(await viewsOf("moved")).toBe(1_001);
    await put("contents/moved", { startViews: 10 });
    expect(await viewsOf("moved")).toBe(1_001);
  });

  test.each([
    ["contents/a", { views: 3 }],
    ["contents/a", { startViews: -1 }],
    ["contents/a", { startViews: 1.5 }],
    ["contents/a", { startViews: "7" }],
    ["contents/a", { title: "" }],
    ["contents/a", { title: "x".repeat(301) }],
    ["contents/a", { url: "/relative" }],
    ["contents/a", { category: "no id" }],
    ["contents/a%20b", {}],
    ["categories/a", {}],
    ["categories/a%20b", { title: "A" }],
  ])("%s with %o is refused", async (path, body) => {
    expect(await refusalOf(await put(path, body))).toEqual([400, "invalid-request"]);
  });

  test("of a category nobody registered is refused", async () => {
    const answer = await put("contents/a", { category: "unheard" });
    expect(await refusalOf(answer)).toEqual([422, "unknown-category"]);
  });

  test("whose shard is away is answered 503, and the same request again makes it whole", async () => {
    const away = workerWith({ TALLIES: { getByName: () => brokenTally } });
    const answer = await away(adminRequest("PUT", "contents/torn", { startViews: 5 }));
    expect(answer.headers.get("Retry-After")).toBe("2");
    expect(await refusalOf(answer)).toEqual([503, "not-saved"]);
    await put("contents/torn", { startViews: 5 });
    expect(await viewsOf("torn")).toBe(5);
  });
});

describe("a flush", () => {
  test("leaves in the database what the Tallies say, to the last content", async () => {
    const contents = Array.from({ length: 120 }, (_, i) => `flush-${i}`);
    const tokens = contents.flatMap((content, i) =>
      Array.from({ length: 1 + (i % 3) }, () => makeToken({ content })),
    );
    await confirmAll(await Promise.all(tokens), { cf: { colo: "FLU" } });
    await drain(collectorAt("FLU"));
    await Promise.all([flush(), flush()]);
    for (const [i, content] of contents.entries()) {
      const ofContent = eq(viewTotals.content, id(content));
      const rows = await database.select().from(viewTotals).where(ofContent);
      expect(rows).toMatchObject([
        { published: 1 + (i % 3), shard: homesOf(config.schedule, id(content))[0] },
      ]);
    }
    expect(await flush()).toMatchObject({ rows: 0, statements: 0 });
  });

  test("in which a shard fails brings in the others, and says which failed", async () => {
    await put("contents/good", { startViews: 1 });
    const [bad] = homesOf(config.schedule, id("good")).map((home) => (home + 1) % 8);
    const worker = workerWith({
      TALLIES: {
        getByName: (name) => (name === `tally:${bad}` ? brokenTally : env.TALLIES.getByName(name)),
      },
    });
    const { views: run } = await flushOf(worker);
    expect(run).toMatchObject({ job: "flush", failures: 1, rows: 1 });
    const [row] = await database.select().from(jobRuns).where(eq(jobRuns.id, run.id));
    expect(JSON.parse(row?.detail ?? "")).toMatchObject([{ shard: bad }]);
    expect(await (await send(adminRequest("GET", "status"))).json()).toMatchObject({
      lastFlush: run,
    });
  });

  test("brings the list of live streams in as well, and the status tells of both", async () => {
    await env.RANKINGS.getByName("rankings").publish(anEntry(stream("watched"), { viewers: 7 }));
    const { views, streams } = await flushAll();
    expect(streams).toMatchObject({ job: "flush-streams", rows: 1, statements: 1, detail: "" });
    const [row] = await database
      .select()
      .from(currentViewers)
      .where(eq(currentViewers.stream, "watched"));
    expect(row).toMatchObject({ status: "live", viewers: 7 });
    expect(await (await send(adminRequest("GET", "status"))).json()).toMatchObject({
      lastFlush: views,
      lastFlushStreams: streams,
    });
  });

  test("in which the list fails brings in the shards, and the other way round", async () => {
    await put("contents/apart", { startViews: 1 });
    const list = { publish: fail, live: fail, flush: fail };
    const noList = await flushOf(workerWith({ RANKINGS: { getByName: () => list } }));
    expect(noList).toMatchObject({ views: { failures: 0, rows: 1 }, streams: { failures: 1 } });
    expect(JSON.parse(noList.streams.detail)).toEqual([{ cause: "Error: 10.0.0.7 is down" }]);
    const noShard = await flushOf(workerWith({ TALLIES: { getByName: () => brokenTally } }));
    expect(noShard).toMatchObject({ views: { failures: 8 }, streams: { failures: 0 } });
  });
});

test("the status names every shard with its lag, also those that do not answer", async () => {
  await put("contents/lagging", { startViews: 1 });
  const [home = 0] = homesOf(config.schedule, id("lagging"));
  const bad = (home + 1) % 8;
  const worker = workerWith({
    TALLIES: {
      getByName: (name) => (name === `tally:${bad}` ? brokenTally : env.TALLIES.getByName(name)),
    },
  });
  const answer = await worker(adminRequest("GET", "status"));
  const { shards } = await answer.json<{ shards: readonly object[] }>();
  expect(shards).toHaveLength(8);
  expect(shards[home]).toMatchObject({
    shard: home,
    unflushed: expect.any(Number),
    bytes: expect.any(Number),
  });
  expect(shards[home]).not.toMatchObject({ unflushed: 0 });
  expect(shards[bad]).toMatchObject({ shard: bad, failed: expect.stringContaining("down") });
});

test("a misspelt admin path is no secret, once inside", async () => {
  const answer = await send(adminRequest("GET", "nothing"));
  expect(await problemOf(answer)).toMatchObject({ status: 404, code: "not-found" });
});
