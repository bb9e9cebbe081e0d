import { describe, expect, test, vi } from "vitest";
import type { UncheckedEnv } from "../../../src/env.ts";
import { PROBLEMS } from "../../../src/protocol/problems.ts";
import { adminRequest, put } from "../support/admin.ts";
import { brokenTally, fail } from "../support/broken.ts";
import {
  confirm,
  get,
  makeGet,
  makePost,
  mint,
  problemOf,
  refusalOf,
  send,
} from "../support/client.ts";
import { type Fetch, workerWith, workerWithout, workerWithServices } from "../support/compose.ts";
import { makeToken } from "../support/events.ts";

test.each([
  "/",
  "/v1",
  "/v1/view",
  "/v2/views",
  "/v1/views/confirm/x",
  "/v1/counts/",
  "/v1/counts/a/b",
  "/healthz/x",
])("there is nothing at %s", async (path) => {
  expect(await refusalOf(await get(path))).toEqual([404, "not-found"]);
});

test.each([
  ["GET", "/v1/views", "POST"],
  ["PUT", "/v1/views", "POST"],
  ["DELETE", "/v1/views/confirm", "POST"],
  ["GET", "/v1/views/confirm", "POST"],
  ["POST", "/v1/counts", "GET, HEAD"],
  ["POST", "/healthz", "GET, HEAD"],
  ["PATCH", "/v1/counts/a", "GET, HEAD"],
])("%s %s is answered 405 with what is allowed", async (method, path, allow) => {
  const answer = await send(new Request(`https://headcount.test${path}`, { method }));
  expect(answer.headers.get("Allow")).toBe(allow);
  expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
});

test("every code is used with the status of an error", () => {
  for (const { status, title } of Object.values(PROBLEMS)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).not.toBe("");
  }
});

test("the service is alive, and ready when its parts are", async () => {
  expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
  const ready = await get("/readyz");
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ status: "ready", breakers: expect.any(Array) });
});

test("the demo page is there", async () => {
  const page = await get("/demo");
  expect(page.status).toBe(200);
  expect(page.headers.get("Content-Type")).toContain("text/html");
});

describe("not ready", () => {
  const salts = { getByName: () => ({ current: fail }) };
  const tallies = { getByName: () => brokenTally };

  test.each([
    ["salts", { SALTS: salts }, ["salts"]],
    ["tallies", { TALLIES: tallies }, ["tallies"]],
    ["both", { SALTS: salts, TALLIES: tallies }, ["salts", "tallies"]],
  ])("names what does not answer: %s", async (_, changes, failed) => {
    const answer = await workerWith(changes)(makeGet("/readyz"));
    expect(await problemOf(answer)).toMatchObject({ status: 503, code: "not-ready", failed });
  });
});

describe("misconfigured", () => {
  const KEY = "A".repeat(43);
  const WRONG: readonly (readonly [keyof UncheckedEnv, string])[] = [
    ["TOKEN_KEYS", ""],
    ["TOKEN_KEYS", "k2"],
    ["TOKEN_KEYS", `k2:${"A".repeat(42)}`],
    ["TOKEN_KEYS", `k-2:${KEY}`],
    ["TOKEN_KEYS", `k2:${KEY},`],
    ["TALLY_SHARDS", "0"],
    ["TALLY_SHARDS", "eight"],
    ["TALLY_SHARDS", "1025"],
    ["TALLY_SHARDS", "8,16"],
    ["TALLY_SHARDS", "8,16@2026-12-01T00:30Z"],
    ["TALLY_SHARDS", "8,16@2026-12-01T00Z,32@2026-11-01T00Z"],
    ["REPORT_TIMEZONE", "Asia/Kolkata"],
    ["REPORT_TIMEZONE", "Mars/Olympus"],
    ["ALLOWED_ORIGINS", "a.example"],
    ["ALLOWED_ORIGINS", "https://a.example/"],
    ["ALLOWED_ORIGINS", "https://a.example,*"],
    ["CONTENTS", "closed"],
    ["DATABASE", "sqlite"],
    ["ALLOWED_ORIGINS", "https://*.a.example"],
    ["TOKEN_KEYS", `k2:${KEY},k2:${KEY}`],
    ["ADMIN_KEY", "short"],
    ["ADMIN_KEY", `${KEY},short`],
    ["ADMIN_KEY", `${KEY},`],
    ["ADMIN_KEY", `${KEY}, ${KEY}`],
    ["TICKET_KEYS", "site"],
    ["TICKET_KEYS", `site:${"A".repeat(42)}`],
    ["SOCKETS_PER_NETWORK", "0"],
    ["SOCKETS_PER_NETWORK", "many"],
    ["SUSPECTS", "drop"],
    ["VISITORS_PER_NETWORK", "0"],
    ["VISITORS_PER_HOSTING_NETWORK", "few"],
    ["NEW_CONTENTS_PER_NETWORK", "1e3"],
    ["NEW_CONTENTS_PER_HOSTING_NETWORK", "100000"],
    ["LIMITS", "mint=many/60"],
  ];
  const MISSING = [
    "TOKEN_KEYS",
    "ADMIN_KEY",
    "TALLY_SHARDS",
    "CONTENTS",
    "ALLOWED_ORIGINS",
    "DATABASE",
    "DB",
    "RAW_LOG",
  ] as const;

  const expectRefusal = async (worker: Fetch, variables: readonly string[]): Promise<void> => {
    const requests = [makePost("/v1/views", "{}"), makeGet("/v1/counts/a"), makeGet("/readyz")];
    for (const request of requests) {
      const problem = await problemOf(await worker(request));
      expect(problem).toMatchObject({
        status: 503,
        code: "misconfigured",
        problems: variables.map((variable) => ({ variable, reason: expect.any(String) })),
      });
    }
    expect((await worker(makeGet("/healthz"))).status).toBe(200);
  };

  test.each(WRONG)("%s=%s is named", (variable, value) =>
    expectRefusal(workerWith({ [variable]: value }), [variable]),
  );

  test.each(MISSING)("a missing %s is named", (variable) =>
    expectRefusal(workerWithout(variable), [variable]),
  );

  test.each([
    undefined,
    "",
    "mysql://user:password@db.example:3306/headcount",
    "https://db.example",
    "https://user@db.example",
    "http://user:password@db.example",
    "db.example",
  ])("DATABASE=mysql with DATABASE_URL=%s is named", (url) =>
    expectRefusal(
      workerWith({ DATABASE: "mysql", ...(url !== undefined && { DATABASE_URL: url }) }),
      ["DATABASE_URL"],
    ),
  );

  const READERS = [
    "DATABASE_RANKING_URL",
    "DATABASE_HISTORY_URL",
    "DATABASE_ANALYTICS_URL",
  ] as const;
  const MYSQL = { DATABASE: "mysql", DATABASE_URL: "https://user:password@db.example" };

  test.each(
    READERS.flatMap((variable) =>
      ["mysql://user:password@db.example", "https://db.example", "db.example"].map(
        (url) => [variable, url] as const,
      ),
    ),
  )("of a reader, %s=%s is named, and the password is not", async (variable, url) => {
    const worker = workerWith({ ...MYSQL, [variable]: url });
    await expectRefusal(worker, [variable]);
    expect(await (await worker(makeGet("/readyz"))).text()).not.toContain("password@db");
  });

  test("readers are optional, and nothing where the database is D1", async () => {
    for (const changes of [
      { ...MYSQL, DATABASE_HISTORY_URL: "https://user:password@reader.example" },
      { ...MYSQL, DATABASE_HISTORY_URL: "" },
      { DATABASE_HISTORY_URL: "left over" },
    ]) {
      const worker = workerWith(changes);
      expect((await worker(makeGet("/v1/counts/nobody"))).status).toBe(200);
    }
  });

  test.each(["https://user:password@db.example", "http://user:password@127.0.0.1:3900"])(
    "DATABASE=mysql with DATABASE_URL=%s is ready without a D1",
    async (url) => {
      const worker = workerWith({ DATABASE: "mysql", DATABASE_URL: url, DB: undefined });
      expect((await worker(makeGet("/v1/counts/nobody"))).status).toBe(200);
    },
  );

  test("all that is wrong is named at once", () =>
    expectRefusal(workerWith({ TOKEN_KEYS: "", TALLY_SHARDS: "x", REPORT_TIMEZONE: "x" }), [
      "TOKEN_KEYS",
      "TALLY_SHARDS",
      "REPORT_TIMEZONE",
    ]));

  test("no secret is repeated in the answer", async () => {
    const worker = workerWith({ TOKEN_KEYS: `k2:${"S".repeat(42)}`, ADMIN_KEY: "hush-hush" });
    const text = await (await worker(makeGet("/readyz"))).text();
    expect(text).not.toContain("SSSS");
    expect(text).not.toContain("hush");
  });
});

test("an internal error says nothing of its cause", async () => {
  const worker = workerWithServices((services) => ({
    ...services,
    clock: {
      now(): number {
        throw new Error("password=hunter2");
      },
    },
  }));
  const answer = await worker(makeGet("/readyz"));
  const text = await answer.clone().text();
  expect(await refusalOf(answer)).toEqual([500, "internal"]);
  expect(text).not.toContain("hunter2");
  expect(text).not.toMatch(/\bat \w+/);
});

test("no log line holds an address, a user agent or a token, whatever fails", async () => {
  const lines: string[] = [];
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      lines.push(String(line));
    });
  }
  const fail = () => Promise.reject(new Error("gone"));
  const worker = workerWith({ COLLECTORS: { getByName: () => ({ append: fail }) } });
  const token = await makeToken({ content: "logged" });
  const headers = { "CF-Connecting-IP": "198.51.100.77", "User-Agent": "curl/8.5.0" };
  await worker(makePost("/v1/views/confirm?wait=5", JSON.stringify({ token }), { headers }));
  await worker(makePost("/v1/views", '{"content":"logged"}', { headers }));
  await mint({ content: "logged" }, { headers });
  await confirm({ token }, { headers });
  vi.restoreAllMocks();
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(Object.keys(JSON.parse(line))).toEqual(expect.arrayContaining(["level", "event"]));
    expect(line).not.toMatch(/198\.51\.100|curl|v1\.k2/);
  }
});

test("what holds for this moment alone is kept by no cache", async () => {
  for (const answer of [
    await get("/healthz"),
    await get("/readyz"),
    await send(adminRequest("GET", "status")),
    await send(adminRequest("POST", "flush")),
    await put("categories/uncached", { title: "Uncached" }),
    await put("contents/uncached", {}),
  ]) {
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
  }
});
