import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { HOUR_MS } from "../../../src/core/limits.ts";
import { formatHour } from "../../../src/core/views/hour-text.ts";
import { correctionRuns } from "../../../src/schema/d1/operations.ts";
import { adminRequest } from "../support/admin.ts";
import { problemOf, refusalOf, send } from "../support/client.ts";
import { workerWith, workerWithServices } from "../support/compose.ts";
import { FakeCorrectors } from "../support/fake-correctors.ts";

const HOUR = Date.UTC(2026, 10, 21, 9);
const hoursAgo = (hours: number) => HOUR - hours * HOUR_MS;
const ALL = Array.from({ length: 8 }, (_, shard) => shard);

beforeAll(() => {
  vi.useFakeTimers({ now: HOUR + 20_000, toFake: ["Date"] });
});
afterAll(() => {
  vi.useRealTimers();
});

const ask = (correctors: FakeCorrectors, path: string, body: unknown): Promise<Response> =>
  workerWith({ CORRECTORS: correctors })(adminRequest("POST", path, body));

describe("an order to correct", () => {
  test.each([
    ["without hours", {}],
    ["without a body", undefined],
  ])("%s is one for what is due, to every shard", async (_, body) => {
    const correctors = new FakeCorrectors();
    const answer = await ask(correctors, "correct", body);
    expect(answer.status).toBe(202);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const shards = ALL.map((shard) => ({ shard, waiting: 3 }));
    expect(await answer.json()).toEqual({ shards });
    expect(new Map(correctors.orders)).toEqual(
      new Map(ALL.map((shard) => [`corrector:${shard}`, { kind: "due" }])),
    );
  });

  const kept = 89 * 24;

  test.each([
    ["one hour", { from: formatHour(hoursAgo(5)) }, [5, 4]],
    ["hours", { from: formatHour(hoursAgo(5)), to: formatHour(hoursAgo(2)) }, [5, 2]],
    ["instants", { from: new Date(hoursAgo(5)).toISOString(), to: formatHour(HOUR) }, [5, 0]],
    ["all that is kept", { from: formatHour(hoursAgo(kept)), to: formatHour(HOUR) }, [kept, 0]],
  ] as const)("of %s is one for these", async (_, body, [from, to]) => {
    const correctors = new FakeCorrectors();
    expect((await ask(correctors, "correct", body)).status).toBe(202);
    const hours = { from: hoursAgo(from), to: hoursAgo(to) };
    expect(correctors.orders[0]?.[1]).toEqual({ kind: "hours", ...hours, reason: "manual" });
    expect(correctors.orders).toHaveLength(8);
  });

  test("that some shards do not take is an order, and these are named", async () => {
    const answer = await ask(new FakeCorrectors((name) => name !== "corrector:6"), "correct", {});
    expect(answer.status).toBe(202);
    const { shards } = await answer.json<{ shards: readonly object[] }>();
    expect(shards[6]).toEqual({ shard: 6, waiting: 3 });
    expect(shards[7]).toEqual({ shard: 7, failed: expect.stringContaining("down") });
  });

  test("that no shard takes is answered 503", async () => {
    const answer = await ask(new FakeCorrectors(() => true), "correct", {});
    expect(answer.headers.get("Retry-After")).toBe("5");
    expect(await refusalOf(answer)).toEqual([503, "correctors-unavailable"]);
  });
});

test("a rebuild orders all hours from then on that are over, and says what each shard sent and what waits", async () => {
  const correctors = new FakeCorrectors((name) => name === "corrector:2");
  const answer = await ask(correctors, "rebuild", { from: formatHour(hoursAgo(30)) });
  expect(answer.status).toBe(202);
  const { shards } = await answer.json<{ shards: readonly object[] }>();
  expect(shards[1]).toEqual({ shard: 1, waiting: 3, rows: 0 });
  expect(shards[2]).toEqual({ shard: 2, failed: expect.stringContaining("down") });
  expect(shards).toHaveLength(8);
  const hours = { kind: "hours", from: hoursAgo(30), to: HOUR, reason: "rebuild" };
  expect(correctors.orders.map(([, order]) => order)).toEqual(Array(7).fill(hours));
});

describe("is refused, and no Corrector hears of it:", () => {
  const old = hoursAgo(91 * 24);
  const [before, now, next] = [hoursAgo(1), HOUR, hoursAgo(-1)].map(formatHour);

  test.each([
    ["correct", { from: "yesterday" }, 400, "invalid-request"],
    ["correct", { from: "2026-11-21" }, 400, "invalid-request"],
    ["correct", { from: "2026-11-21T09:30:00Z" }, 400, "invalid-request"],
    ["correct", { from: HOUR }, 400, "invalid-request"],
    ["correct", { to: before }, 400, "invalid-request"],
    ["correct", { from: before, to: before }, 400, "invalid-request"],
    ["correct", { from: now, to: before }, 400, "invalid-request"],
    ["correct", { hour: before }, 400, "invalid-request"],
    ["correct", [], 400, "invalid-request"],
    ["correct", { from: now }, 422, "hours-not-over"],
    ["correct", { from: before, to: next }, 422, "hours-not-over"],
    ["correct", { from: formatHour(old) }, 422, "hours-closed"],
    ["rebuild", {}, 400, "invalid-request"],
    ["rebuild", { from: "2026-11-31T00" }, 400, "invalid-request"],
    ["rebuild", { from: before, to: now }, 400, "invalid-request"],
    ["rebuild", { from: next }, 422, "hours-not-over"],
    ["rebuild", { from: formatHour(old) }, 422, "hours-closed"],
  ])("%s %o", async (path, body, status, code) => {
    const correctors = new FakeCorrectors();
    const answer = await ask(correctors, path, body);
    expect(await refusalOf(answer)).toEqual([status, code]);
    expect(correctors.orders).toEqual([]);
  });

  test("a body that is no JSON", async () => {
    const headers = adminRequest("POST", "correct").headers;
    const request = new Request("https://headcount.test/v1/admin/correct", {
      method: "POST",
      headers: { ...Object.fromEntries(headers), "Content-Type": "application/json" },
      body: "{",
    });
    expect(await refusalOf(await send(request))).toEqual([400, "malformed-json"]);
  });
});

test("who asks for hours that are closed is told the earliest that is not", async () => {
  const answer = await ask(new FakeCorrectors(), "correct", { from: "2020-01-01T00" });
  const { earliest, detail } = await problemOf(answer);
  expect(detail).toContain(`${earliest}`);
  expect((await ask(new FakeCorrectors(), "correct", { from: earliest })).status).toBe(202);
});

describe("the corrections", () => {
  const run = (shard: number, startedAt: number, detail: string) => ({
    shard,
    hour: Date.UTC(2026, 10, 21, 9),
    run: startedAt,
    reason: "late" as const,
    outcome: "done" as const,
    startedAt,
    durationMs: 12,
    events: 40,
    before: 30,
    after: 31,
    changed: 1,
    detail,
  });
  const list = async (query: string) => {
    const answer = await send(adminRequest("GET", `corrections${query}`));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    return answer.json<{ corrections: readonly object[]; next?: number }>();
  };

  test("are told the latest first and page by page, with their hour for people and their detail as it was found", async () => {
    const [first, second, third] = [
      run(1, 1_000, '{"verdicts":{"counted":31}}'),
      run(2, 2_000, ""),
      run(3, 3_000, "not JSON"),
    ];
    await drizzle(env.DB).insert(correctionRuns).values([first, second, third]);
    const page = await list("?limit=2");
    expect(page).toEqual({
      corrections: [
        { ...third, hourUtc: "2026-11-21T09", detail: "not JSON" },
        { ...second, hourUtc: "2026-11-21T09", detail: "" },
      ],
      next: 2_000,
    });
    expect(await list(`?limit=2&before=${page.next}`)).toEqual({
      corrections: [{ ...first, hourUtc: "2026-11-21T09", detail: { verdicts: { counted: 31 } } }],
    });
    expect(await list("?before=1000")).toEqual({ corrections: [] });
  });

  test.each([
    "?limit=0",
    "?limit=501",
    "?limit=x",
    "?limit=1&limit=2",
    "?before=-1",
    "?before=2026-11-21",
    "?since=1",
  ])("with %s are refused", async (query) => {
    const answer = await send(adminRequest("GET", `corrections${query}`));
    expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
  });

  test("that cannot be read are answered 503, without a word of the database", async () => {
    const worker = workerWithServices((services) => ({
      ...services,
      corrections: { list: () => Promise.reject(new Error("SELECT failed at 10.0.0.7")) },
    }));
    const answer = await worker(adminRequest("GET", "corrections"));
    const text = await answer.clone().text();
    expect(text).not.toContain("10.0.0.7");
    expect(await refusalOf(answer)).toEqual([503, "corrections-unavailable"]);
  });
});

test("the status tells how every Corrector stands, also those that do not answer", async () => {
  const worker = workerWith({
    CORRECTORS: new FakeCorrectors((name) => name === "corrector:5"),
  });
  const answer = await worker(adminRequest("GET", "status"));
  const { shards, correctors } = await answer.json<Record<string, readonly object[]>>();
  expect(shards).toHaveLength(8);
  expect(correctors).toHaveLength(8);
  expect(correctors?.[4]).toEqual({
    shard: 4,
    waiting: 3,
    running: { hour: 0, run: 7, phase: "read" },
    failure: "the raw log is away",
    bytes: 4_096,
  });
  expect(correctors?.[5]).toEqual({ shard: 5, failed: expect.stringContaining("down") });
  expect(shards?.[5]).toMatchObject({ shard: 5, bytes: expect.any(Number) });
});

test.each([
  ["GET", "correct", "POST"],
  ["GET", "rebuild", "POST"],
  ["POST", "corrections", "GET, HEAD"],
])("%s %s is told which method it takes", async (method, path, allow) => {
  const answer = await send(adminRequest(method, path));
  expect(answer.headers.get("Allow")).toBe(allow);
  expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
});
