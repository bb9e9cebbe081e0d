import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import { adminRequest, flushAll } from "../support/admin.ts";
import { BROWSER, get, makeGet, makePost, send } from "../support/client.ts";
import { putStream } from "../support/live.ts";
import { eventually } from "../support/objects.ts";
import { Client, letTimePass, roomOf, rowsOfStream, sqlOf, viewersBecome } from "./support.ts";

const ADDRESS = "203.0.113.77";

/** The room tells the list, the list tells the database. */
const isSaved = (stream: string, status: string, viewers: number): Promise<void> =>
  eventually(`${viewers} viewers, ${status}, are in the database`, async () => {
    await runDurableObjectAlarm(roomOf(stream));
    await flushAll();
    const [row] = await rowsOfStream("current_viewers", stream);
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
  const [current] = await rowsOfStream("current_viewers", stream);
  expect(current).toMatchObject({ broadcaster_id: `by-${stream}`, peak_viewers: 2 });
  const samples = await rowsOfStream("viewer_history", stream);
  expect(samples.at(-1)).toMatchObject({ viewer_count: 0 });
  const days = await rowsOfStream("daily_statistics", stream);
  expect(days.at(-1)).toMatchObject({ broadcaster_id: `by-${stream}`, peak_viewers: 2 });

  await eventually("the sessions are in the database", async () => {
    await runDurableObjectAlarm(roomOf(stream));
    return (await sqlOf(stream, "SELECT * FROM sessions")).length === 0;
  });
  const sessions = await rowsOfStream("user_sessions", stream);
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
