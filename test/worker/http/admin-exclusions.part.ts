import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { HOUR_MS } from "../../../src/core/limits.ts";
import { formatHour } from "../../../src/core/views/hour-text.ts";
import { adminRequest } from "../support/admin.ts";
import { brokenD1 } from "../support/broken.ts";
import { makeRequest, problemOf, refusalOf, send } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { FakeCorrectors } from "../support/fake-correctors.ts";

const HOUR = Date.UTC(2026, 10, 21, 9);
const at = (minutes: number) => new Date(HOUR + minutes * 60_000).toISOString();
const hour = (hours: number) => formatHour(HOUR + hours * HOUR_MS);

beforeAll(() => {
  vi.useFakeTimers({ now: HOUR + 20 * 60_000, toFake: ["Date"] });
});
afterAll(() => {
  vi.useRealTimers();
});

interface Told {
  readonly exclusion: { readonly id: string; readonly revoked?: object };
  readonly correction: { readonly ordered?: object; readonly notBefore?: string };
  readonly published?: string;
}

const body = (more: object = {}) => ({
  ...{ kind: "network", value: "00000000000000aa", from: at(-50), to: at(-40) },
  ...{ reason: "bought views", ...more },
});

const ask = (
  method: string,
  path: string,
  sent?: unknown,
  correctors = new FakeCorrectors(),
): Promise<Response> => workerWith({ CORRECTORS: correctors })(adminRequest(method, path, sent));

const exclude = async (more: object, correctors?: FakeCorrectors): Promise<Told> => {
  const answer = await ask("POST", "exclusions", body(more), correctors);
  expect(answer.status).toBe(201);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  return answer.json<Told>();
};

describe("an exclusion", () => {
  test("is told as it was put, with its hours, which every shard has to do, and with what becomes of the total", async () => {
    const correctors = new FakeCorrectors();
    const told = await exclude({ content: "a" }, correctors);
    const { from, to, ...rest } = body({ content: "a" });
    expect(told.exclusion).toEqual({
      ...rest,
      ...{ from, to, effect: "exclude", actor: "admin-key" },
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdAt: Date.now(),
    });
    const shards = Array.from({ length: 8 }, (_, shard) => ({ shard, waiting: 3 }));
    expect(told.correction).toEqual({
      ordered: { from: hour(-1), to: hour(0), shards },
      goesOn: false,
    });
    expect(told.published).toContain("/restate");
    const order = { kind: "hours", from: HOUR - HOUR_MS, to: HOUR, reason: "exclusion" };
    expect(correctors.orders.map(([, given]) => given)).toEqual(Array(8).fill(order));
  });

  test("that stands already is told as it was put, with 200, and ordered again", async () => {
    const { exclusion } = await exclude({ value: "00000000000000a1" });
    const correctors = new FakeCorrectors();
    const same = body({ value: "00000000000000a1", reason: "the same again" });
    const again = await ask("POST", "exclusions", same, correctors);
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ exclusion });
    expect(correctors.orders).toHaveLength(8);
  });

  test("is for ever without an end, and says of which hours nothing is kept", async () => {
    const { correction } = await exclude({
      value: "00000000000000a2",
      from: hour(0),
      to: undefined,
    });
    expect(correction).toEqual({ goesOn: true });
    const gone = await exclude({ value: "00000000000000a3", from: "2026-01-01T00" });
    expect(gone.correction.notBefore).toBe("2026-08-23T09");
    expect(gone.correction.ordered).toMatchObject({ from: "2026-08-23T09", to: hour(0) });
  });

  test("that not every shard takes is answered 503 and stands; the same again is safe, and says so", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const value = "00000000000000a4";
    const away = new FakeCorrectors((name) => name === "corrector:2");
    const answer = await ask("POST", "exclusions", body({ value }), away);
    logged.mockRestore();
    expect(answer.headers.get("Retry-After")).toBe("5");
    const told = await problemOf(answer);
    expect([told.status, told.code]).toEqual([503, "correctors-unavailable"]);
    expect(told).toMatchObject({ exclusion: { value }, correction: { goesOn: false } });
    const again = await ask("POST", "exclusions", body({ value }));
    expect(again.status).toBe(200);
  });
});

describe("taken back", () => {
  test("it says by whom, when and why, and orders its hours again", async () => {
    const { exclusion } = await exclude({ kind: "rule", value: "bot@1", effect: "reinstate" });
    const correctors = new FakeCorrectors();
    const path = `exclusions/${exclusion.id}`;
    const answer = await ask("DELETE", path, { reason: "they were bots" }, correctors);
    expect(answer.status).toBe(200);
    const told = await answer.json<Told>();
    expect(told.exclusion).toEqual({
      ...exclusion,
      revoked: { at: Date.now(), by: "admin-key", reason: "they were bots" },
    });
    expect(told.published).toContain("/restate");
    expect(correctors.orders).toHaveLength(8);
    const again = await ask("DELETE", path, { reason: "twice" });
    expect(await again.json()).toMatchObject({ exclusion: told.exclusion });
  });

  test.each([
    ["exclusions/unknown", { reason: "x" }, 404, "unknown-exclusion"],
    ["exclusions/b@d", { reason: "x" }, 400, "invalid-request"],
    ["exclusions/unknown", {}, 400, "invalid-request"],
    ["exclusions/unknown", { reason: "" }, 400, "invalid-request"],
    ["exclusions/unknown", undefined, 415, "unsupported-media-type"],
  ])("%s with %o it is refused, and no Corrector hears of it", async (path, sent, status, code) => {
    const correctors = new FakeCorrectors();
    expect(await refusalOf(await ask("DELETE", path, sent, correctors))).toEqual([status, code]);
    expect(correctors.orders).toEqual([]);
  });
});

describe("what can only count up is not told to hold:", () => {
  test("a reinstatement, and an exclusion that is taken back", async () => {
    const told = await exclude({ kind: "asn", value: "hosting", effect: "reinstate" });
    expect(told).not.toHaveProperty("published");
    const { exclusion } = await exclude({ kind: "content", value: "b" });
    const answer = await ask("DELETE", `exclusions/${exclusion.id}`, { reason: "x" });
    expect(await answer.json()).not.toHaveProperty("published");
  });
});

describe("is refused, and no Corrector hears of it:", () => {
  test.each([
    {},
    [],
    body({ reason: undefined }),
    body({ reason: "x".repeat(301) }),
    body({ from: undefined }),
    body({ from: "yesterday" }),
    body({ from: "2026-02-30T00:00:00Z" }),
    body({ from: at(-40), to: at(-40) }),
    body({ from: HOUR }),
    body({ effect: "forget" }),
    body({ kind: "user", value: "u1" }),
    body({ kind: "visitor", value: "00FF00FF00FF00FF" }),
    body({ kind: "visitor", value: "aa" }),
    body({ kind: "browser", value: "netscape" }),
    body({ kind: "asn", value: "16509" }),
    body({ kind: "content", value: "a", content: "b" }),
    body({ kind: "content", value: "not an id" }),
    body({ kind: "rule", value: "bot" }),
    body({ kind: "rule", value: "bot@0" }),
    body({ kind: "rule", value: "duplicate@1" }),
    body({ id: "mine" }),
    body({ suspicion: "s" }),
  ])("%o", async (sent) => {
    const correctors = new FakeCorrectors();
    const answer = await ask("POST", "exclusions", sent, correctors);
    expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
    expect(correctors.orders).toEqual([]);
  });

  test("whatever comes without the admin key, and by other methods", async () => {
    for (const [method, path] of [
      ["POST", "/v1/admin/exclusions"],
      ["GET", "/v1/admin/exclusions"],
      ["DELETE", "/v1/admin/exclusions/x"],
    ] as const) {
      const answer = await send(
        makeRequest(method, path, method === "GET" ? {} : { body: body() }),
      );
      expect(await refusalOf(answer)).toEqual([401, "unauthorized"]);
    }
    expect((await send(adminRequest("PUT", "exclusions", {}))).status).toBe(405);
    expect((await send(adminRequest("POST", "exclusions/x", {}))).headers.get("Allow")).toBe(
      "DELETE",
    );
  });
});

test("a database that is away is said, without a word of it, and nothing is ordered", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const correctors = new FakeCorrectors();
  const worker = workerWith({ CORRECTORS: correctors, DB: brokenD1 });
  const put = await worker(adminRequest("POST", "exclusions", body()));
  const list = await worker(adminRequest("GET", "exclusions"));
  logged.mockRestore();
  expect(await refusalOf(put)).toEqual([503, "not-saved"]);
  expect(await list.clone().text()).not.toContain("10.0.0.7");
  expect(await refusalOf(list)).toEqual([503, "verdicts-unavailable"]);
  expect(correctors.orders).toEqual([]);
});

test("the list is the youngest first, page by page, those taken back too; what is not known in a query is refused", async () => {
  const ids: string[] = [];
  for (const value of ["c1", "c2", "c3"]) {
    vi.advanceTimersByTime(60_000);
    ids.unshift((await exclude({ kind: "content", value })).exclusion.id);
  }
  await ask("DELETE", `exclusions/${ids[0]}`, { reason: "x" });
  const list = async (query: string) => {
    const answer = await send(adminRequest("GET", `exclusions${query}`));
    expect(answer.status).toBe(200);
    return answer.json<{ exclusions: readonly { id: string }[]; next?: number }>();
  };
  const page = await list("?limit=2");
  expect(page.exclusions).toMatchObject([
    { id: ids[0], revoked: { reason: "x" }, from: at(-50) },
    { id: ids[1] },
  ]);
  const { exclusions } = await list(`?limit=1&before=${page.next}`);
  expect(exclusions.map(({ id }) => id)).toEqual([ids[2]]);
  for (const query of ["?limit=0", "?limit=501", "?before=x", "?kind=rule"]) {
    const answer = await send(adminRequest("GET", `exclusions${query}`));
    expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
  }
});
