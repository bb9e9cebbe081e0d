import { describe, expect, test, vi } from "vitest";
import { HOUR_MS } from "../../../src/core/limits.ts";
import { adminRequest } from "../support/admin.ts";
import { brokenD1 } from "../support/broken.ts";
import { makeRequest, refusalOf } from "../support/client.ts";
import { type Fetch, workerWith } from "../support/compose.ts";
import { FakeCorrectors } from "../support/fake-correctors.ts";

interface Entry {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly after?: unknown;
}

interface Page {
  readonly audit: readonly Entry[];
  readonly next?: number;
}

const read = async (worker: Fetch, query: string): Promise<Page> => {
  const answer = await worker(adminRequest("GET", `audit${query}`));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  return answer.json<Page>();
};

const mute = () => vi.spyOn(console, "error").mockImplementation(() => undefined);

const EVENTS = { events: [{ id: "no-id", content: "told", user: "u" }] };

describe("an order leaves an entry of who gave it:", () => {
  const hoursAgo = (hours: number) =>
    new Date((Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS).toISOString();
  const [hour, later] = [hoursAgo(2), hoursAgo(1)];
  const [from, to] = [hour.slice(0, 13), later.slice(0, 13)];
  test.each([
    ["flush", undefined, "all", undefined],
    ["correct", undefined, "all", undefined],
    ["correct", { from, to }, "all", { from: hour, to: later }],
    ["rebuild", { from }, "all", { from: hour }],
    ["reconcile", undefined, "all", undefined],
    ["reconcile", { stream: "watched" }, "watched", undefined],
    ["replay", EVENTS, "all", { events: 1 }],
  ])("%s %o", async (order, sent, subject, after) => {
    const worker = workerWith({ CORRECTORS: new FakeCorrectors() });
    const began = Date.now();
    const answer = await worker(adminRequest("POST", order, sent));
    expect([200, 202, 404]).toContain(answer.status);
    const [entry] = (await read(worker, `?subject=${subject}&limit=1`)).audit;
    expect(entry).toEqual({
      ...{ actor: "admin-key", action: `order.${order}`, subject, after },
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: expect.any(String),
    });
    expect(Date.parse(entry?.at ?? "")).toBeGreaterThanOrEqual(began);
  });

  test("none that was refused, and none of what a back end tells", async () => {
    const worker = workerWith({ CORRECTORS: new FakeCorrectors() });
    const before = (await read(worker, "?limit=500")).audit.length;
    const refused = await worker(adminRequest("POST", "correct", { from: "yesterday" }));
    expect(refused.status).toBe(400);
    expect((await worker(adminRequest("POST", "rebuild", { from: "2020-01-01T00" }))).status).toBe(
      422,
    );
    expect((await worker(adminRequest("POST", "replay", {}))).status).toBe(400);
    const { headers } = adminRequest("GET", "audit");
    const told = makeRequest("POST", "/v1/events", {
      body: EVENTS,
      headers: Object.fromEntries(headers),
    });
    expect((await worker(told)).status).toBe(200);
    expect((await read(worker, "?limit=500")).audit).toHaveLength(before);
  });

  test("while the database is away it is given all the same, and the log says whose it was", async () => {
    const logged = mute();
    const correctors = new FakeCorrectors();
    const worker = workerWith({ CORRECTORS: correctors, DB: brokenD1 });
    const answer = await worker(adminRequest("POST", "correct"));
    const lines = logged.mock.calls.flat().join();
    logged.mockRestore();
    expect(answer.status).toBe(202);
    expect(correctors.orders).toHaveLength(8);
    expect(lines).toContain("audit.not-kept");
    expect(lines).toContain('"actor":"admin-key"');
  });
});

describe("the audit log", () => {
  test("is told the youngest first, page by page, of one subject, of one actor", async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const worker = workerWith({});
    for (const title of ["One", "Two", "Three"]) {
      vi.advanceTimersByTime(1_000);
      await worker(adminRequest("PUT", "categories/audited", { title }));
    }
    await worker(adminRequest("PUT", "categories/unaudited", { title: "Other" }));
    vi.useRealTimers();
    const titled = (title: string) => ({ after: { id: "audited", title } });
    const page = await read(worker, "?subject=audited&limit=2");
    expect(page.audit).toMatchObject([titled("Three"), titled("Two")]);
    expect(page.audit[0]).toMatchObject({ action: "category.put", before: { title: "Two" } });
    const rest = await read(worker, `?subject=audited&limit=2&before=${page.next}`);
    expect(rest).toMatchObject({ audit: [titled("One")] });
    expect(rest).not.toHaveProperty("next");
    expect((await read(worker, "?subject=audited&actor=nobody")).audit).toEqual([]);
    expect((await read(worker, "?subject=audited&actor=admin-key")).audit).toHaveLength(3);
  });

  test.each([
    ["?limit=0"],
    ["?limit=501"],
    ["?before=x"],
    ["?subject="],
    ["?subject=a&subject=b"],
    ["?actor=a%20b"],
    ["?action=order.flush"],
  ])("does not take %s", async (query) => {
    const answer = await workerWith({})(adminRequest("GET", `audit${query}`));
    expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
  });

  test("that cannot be read says so, without a word of the database", async () => {
    const logged = mute();
    const answer = await workerWith({ DB: brokenD1 })(adminRequest("GET", "audit"));
    logged.mockRestore();
    expect(answer.headers.get("Retry-After")).toBe("2");
    expect(await answer.clone().text()).not.toContain("10.0.0.7");
    expect(await refusalOf(answer)).toEqual([503, "audit-unavailable"]);
  });
});
