import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, test } from "vitest";
import { auditLog } from "../../../src/schema/d1/operations.ts";
import { stream } from "../../support/live-fakes.ts";
import { adminRequest, put } from "../support/admin.ts";
import { fail } from "../support/broken.ts";
import { makeRequest, refusalOf, send } from "../support/client.ts";
import { workerWithServices } from "../support/compose.ts";
import { liveWorker, putStream, tell } from "../support/live.ts";

const actionsOf = async (subject: string): Promise<readonly string[]> => {
  const rows = await drizzle(env.DB).select().from(auditLog).where(eq(auditLog.subject, subject));
  return rows.map(({ action }) => action);
};

test.each([
  ["PUT", "/v1/admin/users/a"],
  ["PUT", "/v1/admin/broadcasters/a"],
  ["PUT", "/v1/admin/streams/a"],
  ["POST", "/v1/admin/streams/a/start"],
  ["POST", "/v1/admin/streams/a/end"],
])("who has no admin key gets nowhere: %s %s", async (method, path) => {
  expect(await refusalOf(await send(makeRequest(method, path)))).toEqual([401, "unauthorized"]);
});

test.each([
  ["GET", "users/a", "PUT, DELETE"],
  ["POST", "broadcasters/a", "PUT"],
  ["DELETE", "streams/a", "PUT"],
  ["GET", "streams/a/start", "POST"],
  ["PUT", "streams/a/end", "POST"],
])("%s %s is answered 405 with what is allowed", async (method, path, allow) => {
  const answer = await send(adminRequest(method, path));
  expect(answer.headers.get("Allow")).toBe(allow);
  expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
});

describe("users, broadcasters and streams", () => {
  test("are saved as a whole and answered as they are, each with an audit entry", async () => {
    expect(await (await put("users/u1", { name: "Ada" })).json()).toEqual({
      id: "u1",
      name: "Ada",
    });
    const broadcaster = { name: "Ada's channel", user: "u1" };
    expect(await (await put("broadcasters/b1", broadcaster)).json()).toEqual({
      id: "b1",
      ...broadcaster,
    });
    await put("categories/chess", { title: "Chess" });
    const body = { broadcaster: "b1", title: "Blitz", category: "chess", visibility: "private" };
    expect(await (await put("streams/s1", { ...body, expectedViewers: 9 })).json()).toEqual({
      id: "s1",
      ...body,
      expectedViewers: 9,
      status: "planned",
    });
    expect(await (await put("streams/s1", { broadcaster: "b1", title: "Rapid" })).json()).toEqual({
      id: "s1",
      broadcaster: "b1",
      title: "Rapid",
      visibility: "public",
      expectedViewers: 0,
      status: "planned",
    });
    expect(await actionsOf("u1")).toEqual(["user.put"]);
    expect(await actionsOf("b1")).toEqual(["broadcaster.put"]);
    expect(await actionsOf("s1")).toEqual(["stream.put", "stream.put"]);
  });

  test.each([
    ["broadcasters/x", { name: "X", user: "nobody" }, "unknown-user"],
    ["streams/x", { broadcaster: "nobody", title: "X" }, "unknown-broadcaster"],
    ["streams/x", { broadcaster: "known", title: "X", category: "nowhere" }, "unknown-category"],
  ])("%s with %o is refused: what it names is unknown", async (path, body, code) => {
    await put("broadcasters/known", { name: "Known" });
    expect(await refusalOf(await put(path, body))).toEqual([422, code]);
    expect(await actionsOf("x")).toEqual([]);
  });

  test.each([
    ["users/a", { nam: "A" }],
    ["users/a", { name: "" }],
    ["users/a%20b", {}],
    ["broadcasters/a", {}],
    ["broadcasters/a", { name: "A", user: "no id" }],
    ["broadcasters/a%20b", { name: "A" }],
    ["streams/a", { title: "A" }],
    ["streams/a", { broadcaster: "b" }],
    ["streams/a", { broadcaster: "b", title: "x".repeat(301) }],
    ["streams/a", { broadcaster: "b", title: "A", visibility: "secret" }],
    ["streams/a", { broadcaster: "b", title: "A", expectedViewers: -1 }],
    ["streams/a", { broadcaster: "b", title: "A", expectedViewers: 1.5 }],
    ["streams/a", { broadcaster: "b", title: "A", status: "live" }],
    ["streams/a%20b", { broadcaster: "b", title: "A" }],
  ])("%s with %o is refused", async (path, body) => {
    expect(await refusalOf(await put(path, body))).toEqual([400, "invalid-request"]);
  });

  test("are answered 503 when the database is away, with when to come again", async () => {
    const away = workerWithServices((services) => {
      const registry = { ...services.putRegistry.database.registry, putUser: fail };
      const database = { ...services.putRegistry.database, registry };
      return { ...services, putRegistry: { ...services.putRegistry, database } };
    });
    const answer = await away(adminRequest("PUT", "users/lost", {}));
    expect(answer.headers.get("Retry-After")).toBe("2");
    expect(await refusalOf(answer)).toEqual([503, "not-saved"]);
  });
});

describe("a stream is started and ended", () => {
  test("and answered with its numbers each time; again changes nothing", async () => {
    await putStream("show");
    const worker = liveWorker();
    const started = await (await tell(worker, "show", "start")).json<{ startedAt: number }>();
    expect(started).toMatchObject({ id: "show", status: "live", numbers: { status: "live" } });
    expect(await (await tell(worker, "show", "start")).json()).toMatchObject({
      status: "live",
      startedAt: started.startedAt,
    });
    worker.rooms.set(stream("show"), { status: "live", peak: 3, total: 4 });
    const ended = await (await tell(worker, "show", "end")).json();
    const { startedAt } = started;
    expect(ended).toMatchObject({
      status: "ended",
      startedAt,
      numbers: { status: "ended", viewers: 0, peak: 3, total: 4 },
    });
    expect(ended).not.toHaveProperty("numbers.stamp");
    expect(await (await tell(worker, "show", "end")).json()).toMatchObject({
      endedAt: expect.any(Number),
    });
    expect(await actionsOf("show")).toEqual(["stream.put", "stream.start", "stream.end"]);
  });

  test("only when it is registered; else no room is touched", async () => {
    const worker = liveWorker();
    for (const verb of ["start", "end"] as const) {
      const unknown = await tell(worker, "unregistered", verb);
      expect(await refusalOf(unknown)).toEqual([404, "unknown-stream"]);
      const noId = await tell(worker, "a%20b", verb);
      expect(await refusalOf(noId)).toEqual([400, "invalid-request"]);
    }
    expect(worker.rooms.calls).toEqual([]);
  });

  test("and answered 503 when its room is away; the same again makes it whole", async () => {
    await putStream("torn");
    const worker = liveWorker();
    for (const [verb, status] of [
      ["start", "live"],
      ["end", "ended"],
    ] as const) {
      worker.rooms.before = fail;
      const answer = await tell(worker, "torn", verb);
      expect(answer.headers.get("Retry-After")).toBe("2");
      expect(await refusalOf(answer)).toEqual([503, "not-saved"]);
      worker.rooms.before = async () => undefined;
      expect(await (await tell(worker, "torn", verb)).json()).toMatchObject({ status });
      expect(worker.rooms.rooms.get(stream("torn"))).toMatchObject({ status });
    }
  });
});
