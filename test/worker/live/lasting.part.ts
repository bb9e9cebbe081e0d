import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { adminRequest, flushAll } from "../support/admin.ts";
import { BROWSER, get, makeGet, makePost, send } from "../support/client.ts";
import { putStream } from "../support/live.ts";
import { eventually } from "../support/objects.ts";
import { Client, roomOf, settle, sqlOf, viewersBecome } from "./support.ts";

const ADDRESS = "203.0.113.77";
const LONG_MS = 600_000;

const rowsOf = async (table: string, stream: string) => {
  const query = env.DB.prepare(`SELECT * FROM ${table} WHERE stream_id = ?`);
  return (await query.bind(stream).all()).results;
};

/** As if what the room did last, and who was there, were long past: nothing is in the way of what waits. */
const letTimePass = async (stream: string): Promise<void> => {
  await settle(stream);
  await sqlOf(stream, `UPDATE told SET at = at - ${LONG_MS}`);
  await sqlOf(
    stream,
    `UPDATE sessions SET started_at = started_at - ${LONG_MS}, ended_at = ended_at - ${LONG_MS}`,
  );
  await evictDurableObject(roomOf(stream), { webSockets: "hibernate" });
};

/** The room tells the list, the list tells the database. */
const isSaved = (stream: string, status: string, viewers: number): Promise<void> =>
  eventually(`${viewers} viewers, ${status}, are in the database`, async () => {
    await runDurableObjectAlarm(roomOf(stream));
    await flushAll();
    const [row] = await rowsOf("current_viewers", stream);
    return row?.status === status && row.viewer_count === viewers;
  });

test("who watched, by socket and by heartbeat, is in the database after a flush, and in the history", async () => {
  const stream = "lasting";
  await putStream(stream);
  expect((await send(adminRequest("POST", `streams/${stream}/start`))).status).toBe(200);
  const headers = { "User-Agent": BROWSER, "CF-Connecting-IP": ADDRESS };
  const upgrade = { ...headers, Upgrade: "websocket" };
  const client = new Client(await send(makeGet(`/v1/streams/${stream}/live?client=ann`, upgrade)));
  const heartbeat = makePost(`/v1/streams/${stream}/heartbeat`, '{"client":"bob"}', { headers });
  expect((await send(heartbeat)).status).toBe(200);
  await viewersBecome(stream, 2);
  await letTimePass(stream);
  await isSaved(stream, "live", 2);

  client.socket.close(1000);
  await viewersBecome(stream, 1);
  expect((await send(adminRequest("POST", `streams/${stream}/end`))).status).toBe(200);
  await letTimePass(stream);
  await isSaved(stream, "ended", 0);
  const [current] = await rowsOf("current_viewers", stream);
  expect(current).toMatchObject({ broadcaster_id: `by-${stream}`, peak_viewers: 2 });
  const samples = await rowsOf("viewer_history", stream);
  expect(samples.at(-1)).toMatchObject({ viewer_count: 0 });
  const days = await rowsOf("daily_statistics", stream);
  expect(days.at(-1)).toMatchObject({ broadcaster_id: `by-${stream}`, peak_viewers: 2 });

  await eventually("the sessions are in the database", async () => {
    await runDurableObjectAlarm(roomOf(stream));
    return (await sqlOf(stream, "SELECT * FROM sessions")).length === 0;
  });
  const sessions = await rowsOf("user_sessions", stream);
  expect(new Set(sessions.map((row) => row.visitor)).size).toBe(2);
  expect(JSON.stringify(sessions)).not.toMatch(/ann|bob|203\.0|Mozilla/);

  const total = { peak: 2, sessions: 2, dailyUniques: 2 };
  for (const path of [`streams/${stream}`, `broadcasters/by-${stream}`]) {
    const history = await (await get(`/v1/stats/${path}/history`)).json();
    expect(history).toMatchObject({ source: "database", total });
    const five = await (await get(`/v1/stats/${path}/history?granularity=5min`)).json();
    expect(five).toMatchObject({ total: { peak: 2 } });
  }
  const history = await (await get(`/v1/stats/streams/${stream}/history`)).json();
  expect(history).toMatchObject({ current: { status: "ended", viewers: 0, peak: 2, total: 2 } });
});
