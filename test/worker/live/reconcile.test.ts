import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { systemRandom } from "../../../src/adapters/runtime/runtime.ts";
import { recordOf } from "../../../src/app/live/reconcile-record.ts";
import { adminRequest } from "../support/admin.ts";
import { makeRequest, refusalOf, send } from "../support/client.ts";
import { putStream } from "../support/live.ts";
import { eventually } from "../support/objects.ts";
import { type Client, join, numbersOf, roomOf, streamOf } from "./support.ts";

const reconcile = async (body: unknown): Promise<unknown> => {
  const answer = await send(adminRequest("POST", "reconcile", body));
  expect(answer.status).toBe(202);
  return answer.json();
};

const startStream = async (stream: string): Promise<void> => {
  await putStream(stream);
  expect((await send(adminRequest("POST", `streams/${stream}/start`))).status).toBe(200);
};

/** As the SDK does. */
const answerBeats = ({ socket }: Client): void =>
  socket.addEventListener("message", ({ data }) => {
    if (`${data}`.includes('"beat"')) socket.send("ping");
  });

test("a third of the viewers that a room lost is found, held, counted by those who answer, and recorded", async () => {
  await startStream("drifting");
  const clients: Client[] = [];
  for (let i = 0; i < 18; i += 1) {
    const client = await join("drifting", { visitor: `v${i}` });
    answerBeats(client);
    clients.push(client);
  }
  expect(await reconcile({ stream: "drifting" })).toEqual({
    streams: [{ stream: "drifting", outcome: "even", shown: 18, counted: 18 }],
  });
  // The room believes that they have gone; their sockets are open.
  await runInDurableObject(roomOf("drifting"), (room, state) => {
    for (const socket of state.getWebSockets().slice(0, 6)) room.webSocketError(socket);
  });
  expect((await numbersOf("drifting")).viewers).toBe(12);
  expect(await reconcile({ stream: "drifting" })).toEqual({
    streams: [{ stream: "drifting", outcome: "uneven", shown: 12, counted: 18 }],
  });
  const [witness] = clients;
  await witness?.hears(({ type, status }) => type === "status" && status === "syncing");
  expect(await numbersOf("drifting")).toMatchObject({ viewers: 12, status: "syncing" });
  expect(await reconcile({ stream: "drifting" })).toMatchObject({
    streams: [{ outcome: "held", shown: 12, counted: 18 }],
  });
  await witness?.hears(({ type }) => type === "beat");
  await eventually(
    "the number is right",
    async () => (await numbersOf("drifting")).status === "live",
  );
  expect((await numbersOf("drifting")).viewers).toBe(18);
  for (const client of clients) {
    await client.hears(({ type, viewers }) => type === "count" && viewers === 18);
    expect(client.closed).toBeUndefined();
  }
  const { jobs } = d1Database(env.DB);
  await eventually("it is recorded", async () => (await jobs.last("reconcile")) !== undefined);
  expect(await jobs.last("reconcile")).toMatchObject({ rows: 6, failures: 0 });
  const status = await send(adminRequest("GET", "status"));
  expect(await status.json()).toMatchObject({
    reconciliations: [{ detail: { stream: "drifting", tier: "census", before: 12, after: 18 } }],
  });
  await eventually("the room has written its row", async () => {
    const row = await env.DB.prepare(
      "SELECT viewer_count FROM current_viewers WHERE stream_id = 'drifting'",
    ).first<{ viewer_count: number }>();
    return row?.viewer_count === 18;
  });
});

test("an operator asks for one stream or for the live ones, and nobody without a key", async () => {
  await startStream("asked");
  await putStream("planned");
  await join("asked", { visitor: "ann" });
  expect(await reconcile({ stream: "asked" })).toEqual({
    streams: [{ stream: "asked", outcome: "even", shown: 1, counted: 1 }],
  });
  expect(await reconcile({ stream: "planned" })).toEqual({
    streams: [{ stream: "planned", outcome: "unopened" }],
  });
  await eventually("the list knows of it", async () =>
    JSON.stringify(await reconcile({})).includes('"asked"'),
  );
  const refusals = [
    [{ stream: "nobody" }, 404, "unknown-stream"],
    [{ stream: "b@d" }, 400, "invalid-request"],
    [{ streams: ["asked"] }, 400, "invalid-request"],
  ] as const;
  for (const [body, status, code] of refusals) {
    expect(await refusalOf(await send(adminRequest("POST", "reconcile", body)))).toEqual([
      status,
      code,
    ]);
  }
  expect(
    await refusalOf(await send(makeRequest("POST", "/v1/admin/reconcile", { body: {} }))),
  ).toEqual([401, "unauthorized"]);
  const wrongMethod = await send(adminRequest("GET", "reconcile"));
  expect([wrongMethod.status, wrongMethod.headers.get("Allow")]).toEqual([405, "POST"]);
});

test("the status shows the last twenty records, the latest first", async () => {
  const { jobs } = d1Database(env.DB);
  for (let i = 0; i < 22; i += 1) {
    const since = Date.UTC(2030, 0, 1) + i;
    const finding = {
      source: "list",
      tier: "hold",
      since,
      endedAt: since + 5,
      before: 100,
    } as const;
    const rest = { after: 80, corrected: 20, overdue: i === 21 };
    await jobs.record(recordOf(streamOf("shown"), { ...finding, ...rest }, systemRandom));
  }
  const answer = await send(adminRequest("GET", "status"));
  const { reconciliations } = await answer.json<{ reconciliations: readonly object[] }>();
  expect(reconciliations).toHaveLength(20);
  expect(reconciliations[0]).toEqual({
    id: expect.any(String),
    job: "reconcile",
    startedAt: Date.UTC(2030, 0, 1) + 21,
    durationMs: 5,
    rows: 20,
    statements: 0,
    failures: 1,
    detail: { stream: "shown", source: "list", tier: "hold", before: 100, after: 80 },
  });
});
