import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { CLOSE_CODES } from "../../../src/protocol/live-messages.ts";
import { eventually } from "../support/objects.ts";
import {
  type Client,
  join,
  numbersOf,
  openRoom,
  roomOf,
  settle,
  sqlOf,
  viewersBecome,
} from "./support.ts";

test("who joins is told the status and the numbers, and everybody hears of it", async () => {
  await openRoom("greeted");
  const first = await join("greeted", { visitor: "ann" });
  await eventually("the greeting", async () => first.messages.length >= 2);
  expect(JSON.parse(first.messages[0] ?? "")).toEqual({ type: "status", status: "live" });
  expect(JSON.parse(first.messages[1] ?? "")).toMatchObject({ type: "count", viewers: 1, peak: 1 });
  await join("greeted", { visitor: "bob" });
  await first.hears(({ type, viewers }) => type === "count" && viewers === 2);
  const observer = await join("greeted", { visitor: "cid", role: "observer" });
  await observer.hears(({ type, viewers }) => type === "count" && viewers === 2);
  expect((await numbersOf("greeted")).viewers).toBe(2);
});

test("a ping is answered by the platform, and is a sign of life", async () => {
  await openRoom("pinged");
  const client = await join("pinged", { visitor: "ann" });
  client.socket.send("ping");
  await eventually("the pong", async () => client.messages.includes("pong"));
});

test("tabs of one visitor are one viewer, the fifth closes the first, and observers are none", async () => {
  await openRoom("tabs");
  const tabs: Client[] = [];
  for (let tab = 0; tab < 5; tab += 1) {
    tabs.push(await join("tabs", { visitor: "ann" }));
    expect((await numbersOf("tabs")).viewers).toBe(1);
  }
  await tabs[0]?.closedWith(CLOSE_CODES.replaced);
  for (const tab of tabs.slice(2)) tab.socket.close(1000, "bye");
  await eventually("the closes are answered", async () =>
    tabs.slice(2).every(({ closed }) => closed === 1000),
  );
  expect((await numbersOf("tabs")).viewers).toBe(1);
  tabs[1]?.socket.close(3001, "");
  await viewersBecome("tabs", 0);
  await tabs[1]?.closedWith(3001);
});

test("a close without a code, which cannot be answered with its own, is a leave", async () => {
  await openRoom("codeless");
  const client = await join("codeless", { visitor: "ann" });
  await viewersBecome("codeless", 1);
  client.socket.close();
  await viewersBecome("codeless", 0);
});

test("one network has so many connections and no more", async () => {
  await openRoom("network");
  for (let i = 0; i < 200; i += 1) await join("network", { visitor: `v${i}`, network: "office" });
  const crowded = await join("network", { visitor: "v200", network: "office" });
  await crowded.closedWith(CLOSE_CODES.crowded);
  const arrival = { role: "viewer", identity: "v201", network: "office" } as const;
  expect(await roomOf("network").heartbeat(arrival)).toEqual({ outcome: "crowded" });
  await join("network", { visitor: "elsewhere", network: "home" });
  expect((await numbersOf("network")).viewers).toBe(201);
});

test.each([
  ["bytes", new Uint8Array([1, 2])],
  ["another text", "hello"],
  ["a long text", "x".repeat(100_000)],
])("%s closes the socket, and its visitor leaves", async (name, message) => {
  const stream = `unreadable-${name.replaceAll(" ", "-")}`;
  await openRoom(stream);
  const client = await join(stream, { visitor: "ann" });
  client.socket.send(message);
  await client.closedWith(CLOSE_CODES.unreadable);
  expect((await numbersOf(stream)).viewers).toBe(0);
});

test("sleeping changes no number, and who left during it is gone", async () => {
  await openRoom("sleep");
  const clients: Client[] = [];
  for (const visitor of ["ann", "ann", "bob", "cid"])
    clients.push(await join("sleep", { visitor }));
  await roomOf("sleep").heartbeat({ role: "viewer", identity: "dan", network: "dan" });
  await settle("sleep");
  const before = await numbersOf("sleep");
  expect(before).toMatchObject({ viewers: 4, peak: 4, total: 4, uniqueToday: 4, recent: 4 });
  await evictDurableObject(roomOf("sleep"), { webSockets: "hibernate" });
  const after = await numbersOf("sleep");
  expect(after).toMatchObject({ viewers: 4, peak: 4, total: 4, uniqueToday: 4, recent: 4 });
  expect(after.stamp > before.stamp).toBe(true);
  await evictDurableObject(roomOf("sleep"), { webSockets: "hibernate" });
  clients[2]?.socket.close(1000);
  await viewersBecome("sleep", 3);
  clients[0]?.socket.close(1000);
  await eventually("the close is answered", async () => clients[0]?.closed === 1000);
  expect((await numbersOf("sleep")).viewers).toBe(3);
  await join("sleep", { visitor: "eve" });
  await clients[3]?.hears(({ type, viewers }) => type === "count" && viewers === 4);
});

test("an instance that dies with its sockets leaves its leases, and sessions that end", async () => {
  await openRoom("death");
  await join("death", { visitor: "ann" });
  await roomOf("death").heartbeat({ role: "viewer", identity: "dan", network: "dan" });
  await settle("death");
  await evictDurableObject(roomOf("death"), { webSockets: "close" });
  expect(await numbersOf("death")).toMatchObject({ viewers: 1, peak: 2, total: 2, uniqueToday: 2 });
  await settle("death");
  await join("death", { visitor: "ann" });
  expect(await numbersOf("death")).toMatchObject({ viewers: 2, peak: 2, total: 2, uniqueToday: 2 });
});

test("the end is told, closes every socket, and lets nobody in", async () => {
  await openRoom("end");
  const client = await join("end", { visitor: "ann" });
  await roomOf("end").heartbeat({ role: "viewer", identity: "dan", network: "dan" });
  const ended = await roomOf("end").end();
  expect(ended).toMatchObject({
    outcome: "numbers",
    status: "ended",
    viewers: 0,
    peak: 2,
    total: 2,
  });
  await client.closedWith(CLOSE_CODES.ended);
  expect(client.messages.map((text) => JSON.parse(text))).toContainEqual({
    type: "status",
    status: "ended",
  });
  expect(await roomOf("end").end()).toMatchObject({ status: "ended", viewers: 0, peak: 2 });
  await (await join("end", { visitor: "bob" })).closedWith(CLOSE_CODES.ended);
  const arrival = { role: "viewer", identity: "dan", network: "dan" } as const;
  expect(await roomOf("end").heartbeat(arrival)).toEqual({ outcome: "ended" });
  expect(await sqlOf("end", "SELECT * FROM leases")).toEqual([]);
});

test("a room nobody opened has no numbers and lets nobody in", async () => {
  expect(await roomOf("unopened").numbers()).toEqual({ outcome: "unopened" });
  expect(await roomOf("unopened").end()).toEqual({ outcome: "unopened" });
  await (await join("unopened", { visitor: "ann" })).closedWith(CLOSE_CODES.ended);
});
