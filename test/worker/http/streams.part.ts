import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { stamp } from "../../../src/core/stamp.ts";
import type { UncheckedEnv } from "../../../src/env.ts";
import type { LiveEntry } from "../../../src/protocol/room-rpc.ts";
import { anEntry, MemoryRooms, stream } from "../../support/live-fakes.ts";
import { put } from "../support/admin.ts";
import { brokenD1, fail, SECRET_PLACE } from "../support/broken.ts";
import { get, makeGet, refusalOf, send } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { liveWorker, putStream, tell } from "../support/live.ts";

describe("a stream", () => {
  test("is read from its planning to its end", async () => {
    await putStream("evening");
    const worker = liveWorker();
    const read = async (isolate = worker) => {
      const answer = await isolate.fetch(makeGet("/v1/streams/evening"));
      expect(answer.status).toBe(200);
      return [await answer.json(), answer.headers.get("Cache-Control")];
    };
    const zeros = { viewers: 0, peak: 0, total: 0, uniqueToday: 0, recent: 0 };
    expect(await read()).toEqual([
      {
        stream: "evening",
        status: "planned",
        ...zeros,
        asOf: expect.any(Number),
        source: "database",
      },
      "public, max-age=1, stale-while-revalidate=1",
    ]);
    await tell(worker, "evening", "start");
    worker.rooms.set(stream("evening"), { status: "live", viewers: 7, peak: 9 });
    const live = { status: "live", viewers: 7, peak: 9 };
    const caching = "public, max-age=1, stale-while-revalidate=1";
    expect(await read()).toMatchObject([{ ...live, source: "room" }, caching]);
    expect(await read()).toMatchObject([{ ...live, source: "memo" }, caching]);
    await tell(worker, "evening", "end");
    expect(await read(liveWorker(worker.rooms))).toMatchObject([
      { status: "ended", viewers: 0, peak: 9, source: "room" },
      "public, max-age=10, stale-while-revalidate=10",
    ]);
  });

  test("that nobody registered is unknown, and touches no room", async () => {
    const worker = liveWorker();
    for (const query of ["", "?consistency=strong"]) {
      const answer = await worker.fetch(makeGet(`/v1/streams/unheard${query}`));
      expect(await refusalOf(answer)).toEqual([404, "unknown-stream"]);
    }
    expect(worker.rooms.calls).toEqual([]);
  });

  test("is asked of its room by a strong read, whatever is remembered, and that is cached by nobody", async () => {
    await putStream("strong");
    const worker = liveWorker();
    await tell(worker, "strong", "start");
    await worker.fetch(makeGet("/v1/streams/strong"));
    worker.rooms.set(stream("strong"), { status: "live", viewers: 8 });
    const answer = await worker.fetch(makeGet("/v1/streams/strong?consistency=strong"));
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await answer.json()).toMatchObject({ viewers: 8, source: "room" });
  });

  test("whose room is away is aggregating, cached by nobody, and 503 to a strong read", async () => {
    await putStream("away");
    const worker = liveWorker();
    await tell(worker, "away", "start");
    worker.rooms.before = fail;
    const answer = await worker.fetch(makeGet("/v1/streams/away"));
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await answer.json()).toEqual({ stream: "away", status: "aggregating" });
    const strong = await worker.fetch(makeGet("/v1/streams/away?consistency=strong"));
    expect(strong.headers.get("Retry-After")).toBe("1");
    expect(await strong.clone().text()).not.toContain(SECRET_PLACE);
    expect(await refusalOf(strong)).toEqual([503, "stream-unavailable"]);
  });

  test("is aggregating when the registry is away, 503 to a strong read, and no room is touched", async () => {
    const { registry } = d1Database(env.DB);
    const worker = liveWorker(new MemoryRooms(Date.now), { ...registry, findStreams: fail });
    const answer = await worker.fetch(makeGet("/v1/streams/whichever"));
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    expect(await answer.json()).toEqual({ stream: "whichever", status: "aggregating" });
    const strong = await worker.fetch(makeGet("/v1/streams/whichever?consistency=strong"));
    expect(strong.headers.get("Retry-After")).toBe("2");
    expect(await refusalOf(strong)).toEqual([503, "registry-unavailable"]);
    expect(worker.rooms.calls).toEqual([]);
  });

  test("whose room is away has the numbers that the last flush saved, for minutes, as stale", async () => {
    await putStream("saved");
    const asOf = Date.now() - 60_000;
    await saveCurrent("saved", { viewers: 4, peak: 9, total: 20, uniqueToday: 8, asOf });
    const worker = liveWorker();
    await tell(worker, "saved", "start");
    worker.rooms.before = fail;
    const answer = await worker.fetch(makeGet("/v1/streams/saved"));
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const numbers = { status: "live", viewers: 4, peak: 9, total: 20, uniqueToday: 8, asOf };
    expect(await answer.json()).toEqual({
      stream: "saved",
      ...numbers,
      source: "database",
      stale: true,
    });
  });
});

const saveCurrent = async (name: string, more: Partial<LiveEntry>): Promise<void> => {
  const { samples: _, days: __, ...numbers } = anEntry(stream(name), more);
  await d1Database(env.DB).streams.saveCurrent([numbers]);
};

test.each([
  "/v1/streams/a%20b",
  `/v1/streams/${"x".repeat(65)}`,
  "/v1/streams/a?x=1",
  "/v1/streams/a?consistency=weak",
  "/v1/streams/a?consistency=strong&consistency=strong",
  "/v1/rankings/live?limit=0",
  "/v1/rankings/live?limit=101",
  "/v1/rankings/live?limit=1.5",
  "/v1/rankings/live?limit=1&limit=2",
  "/v1/rankings/live?category=",
  "/v1/rankings/live?category=a%20b",
  "/v1/rankings/live?_=1",
  "/v1/rankings/live?consistency=weak",
])("%s is refused", async (path) => {
  const answer = await get(path);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
});

test.each(["/v1/streams/a", "/v1/rankings/live"])("POST %s is answered 405", async (path) => {
  const answer = await send(new Request(`https://headcount.test${path}`, { method: "POST" }));
  expect(answer.headers.get("Allow")).toBe("GET, HEAD");
  expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
});

describe("the list of live streams", () => {
  const publish = (name: string, more: Partial<LiveEntry> = {}) =>
    env.RANKINGS.getByName("rankings").publish(
      anEntry(stream(name), { asOf: Date.now(), stamp: stamp(1, Date.now()), ...more }),
    );
  const list = async (query: string, worker = workerWith({})) => {
    const answer = await worker(makeGet(`/v1/rankings/live?${query}`));
    expect(answer.status).toBe(200);
    return answer;
  };

  test("has the registered public ones, the most viewers first, with titles, and says whose number is held", async () => {
    await put("categories/go", { title: "Go" });
    await putStream("small", { category: "go" });
    await putStream("large", { category: "go" });
    await putStream("hidden", { category: "go", visibility: "private" });
    const category = "go";
    await publish("small", { category, viewers: 2, startedAt: 5 });
    await publish("large", { category, viewers: 30, peak: 31, status: "syncing" });
    await publish("hidden", { category, viewers: 99 });
    await publish("elsewhere", { viewers: 100 });
    const answer = await list("category=go");
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=1, stale-while-revalidate=1");
    expect(await answer.json()).toEqual({
      asOf: expect.any(Number),
      source: "rankings",
      streams: [
        {
          stream: "large",
          title: "Title of large",
          status: "syncing",
          category,
          broadcaster: "b",
          viewers: 30,
          peak: 31,
          startedAt: 0,
        },
        {
          stream: "small",
          title: "Title of small",
          status: "live",
          category,
          broadcaster: "b",
          viewers: 2,
          peak: 1,
          startedAt: 5,
        },
      ],
    });
    expect(await (await list("category=go&limit=1")).json()).toMatchObject({
      streams: [{ stream: "large" }],
    });
    expect(await (await list("category=empty")).json()).toMatchObject({ streams: [] });
  });

  test("is one object, whatever categories are asked for", async () => {
    for (let i = 0; i < 5; i += 1) await list(`category=${crypto.randomUUID()}`);
    expect(await listDurableObjectIds(env.RANKINGS)).toHaveLength(1);
  });

  describe("while its object is away", () => {
    const away = (more: Partial<UncheckedEnv> = {}) =>
      workerWith({
        RANKINGS: { getByName: () => ({ publish: fail, live: fail, flush: fail }) },
        ...more,
      });

    test("is as the last flush saved it, and stale", async () => {
      await put("categories/saved-list", { title: "Saved" });
      for (const name of ["saved-a", "saved-b"]) await putStream(name);
      const category = "saved-list";
      const asOf = Date.now() - 60_000;
      await saveCurrent("saved-a", { category, viewers: 3, asOf });
      await saveCurrent("saved-b", { category, viewers: 5, asOf: asOf + 1 });
      const answer = await list("category=saved-list", away());
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(await answer.json()).toMatchObject({
        asOf,
        source: "database",
        stale: true,
        streams: [
          { stream: "saved-b", title: "Title of saved-b", viewers: 5 },
          { stream: "saved-a", viewers: 3 },
        ],
      });
    });

    test("is aggregating where nothing is saved or the database is away too, cached by nobody", async () => {
      for (const worker of [away(), away({ DB: brokenD1 })]) {
        const answer = await list("category=nowhere", worker);
        expect(answer.headers.get("Cache-Control")).toBe("no-store");
        expect(await answer.json()).toEqual({ status: "aggregating", streams: [] });
      }
    });

    test("is 503 to a strong read, which else is asked of it, whatever is remembered", async () => {
      const strong = "/v1/rankings/live?category=strong&consistency=strong";
      const refused = await away()(makeGet(strong));
      expect(refused.headers.get("Retry-After")).toBe("1");
      expect(await refused.clone().text()).not.toContain(SECRET_PLACE);
      expect(await refusalOf(refused)).toEqual([503, "rankings-unavailable"]);
      const worker = workerWith({});
      await list("category=strong", worker);
      await putStream("strongly-listed");
      await publish("strongly-listed", { category: "strong", viewers: 2 });
      await expect
        .poll(async () => (await worker(makeGet(strong))).json())
        .toMatchObject({ source: "rankings", streams: [{ stream: "strongly-listed" }] });
      expect((await worker(makeGet(strong))).headers.get("Cache-Control")).toBe("no-store");
    });
  });
});
