import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { webCryptoSignatures } from "../../../src/adapters/webcrypto/signatures.ts";
import { CLOSE_CODES } from "../../../src/protocol/live-messages.ts";
import { adminRequest, flushAll, put } from "../support/admin.ts";
import { fail } from "../support/broken.ts";
import { BROWSER, makeGet, makePost, makeRequest, refusalOf, send } from "../support/client.ts";
import { workerWithServices } from "../support/compose.ts";
import { putStream } from "../support/live.ts";
import { eventually } from "../support/objects.ts";
import {
  Client,
  letTimePass,
  numbersOf,
  roomOf,
  rowsOfStream,
  settle,
  viewersBecome,
} from "./support.ts";
import { makeTicket, SITE_SECRET, secondsAhead } from "./tickets.ts";

const ADDRESS = "203.0.113.77";

const worker = workerWithServices((services) => ({
  ...services,
  arrive: {
    ...services.arrive,
    signatures: webCryptoSignatures([{ id: "site", secret: SITE_SECRET }]),
  },
}));

const ticketOf = (stream: string, user: string): Promise<string> =>
  makeTicket({ claims: { stream, user, exp: secondsAhead(60) } });

const watch = async (stream: string, user: string): Promise<Client> => {
  const path = `/v1/streams/${stream}/live?ticket=${await ticketOf(stream, user)}`;
  const headers = { Upgrade: "websocket", "User-Agent": BROWSER, "CF-Connecting-IP": ADDRESS };
  return new Client(await worker(makeGet(path, headers)));
};

const beat = async (stream: string, body: object): Promise<void> => {
  const headers = { "User-Agent": BROWSER, "CF-Connecting-IP": ADDRESS };
  const path = `/v1/streams/${stream}/heartbeat`;
  expect((await worker(makePost(path, JSON.stringify(body), { headers }))).status).toBe(200);
};

const forget = async (user: string, from = worker): Promise<unknown> => {
  const answer = await from(adminRequest("DELETE", `users/${user}`));
  expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  return answer.json();
};

const start = async (stream: string): Promise<void> => {
  await putStream(stream);
  expect((await send(adminRequest("POST", `streams/${stream}/start`))).status).toBe(200);
};

/** Sessions in the database, once there are so many. */
const savedBecome = (stream: string, sessions: number): Promise<void> =>
  eventually(`${sessions} sessions are in the database`, async () => {
    await runDurableObjectAlarm(roomOf(stream));
    return (await rowsOfStream("user_sessions", stream)).length === sessions;
  });

/** The room tells the list, the list tells the database. */
const currentBecomes = (stream: string, viewers: number): Promise<void> =>
  eventually(`${viewers} viewers are in the database`, async () => {
    await runDurableObjectAlarm(roomOf(stream));
    await flushAll();
    const [row] = await rowsOfStream("current_viewers", stream);
    return row?.viewer_count === viewers;
  });

test("a user by ticket in two streams is gone from both and from the database, and no number is wrong before, after or after the next flush", async () => {
  const [one, two] = ["farewell-one", "farewell-two"];
  for (const stream of [one, two]) await start(stream);
  await put("users/ada", { name: "Ada L." });
  await put("broadcasters/ada-tv", { name: "Channel", user: "ada" });
  // An earlier visit of two people is in the database already.
  for (const user of ["ada", "eve"]) {
    const past = await watch(one, user);
    await viewersBecome(one, 1);
    past.socket.close(1000);
    await viewersBecome(one, 0);
  }
  await letTimePass(one);
  await savedBecome(one, 2);

  const adas = [await watch(one, "ada"), await watch(one, "ada"), await watch(two, "ada")];
  await beat(two, { ticket: await ticketOf(two, "ada") });
  const eves = [await watch(one, "eve"), await watch(two, "eve")];
  await beat(one, { client: "bob" });
  await viewersBecome(one, 3);
  await viewersBecome(two, 2);
  await currentBecomes(one, 3);
  const [before] = await rowsOfStream("daily_statistics", one);
  expect(await forget("ada")).toEqual({ user: "ada", registered: true, streams: 2, sessions: 3 });
  for (const client of adas) await client.closedWith(CLOSE_CODES.ticket);
  expect(eves.map(({ closed }) => closed)).toEqual([undefined, undefined]);
  const numbers = { peak: 3, total: 3, uniqueToday: 3 };
  expect(await numbersOf(one)).toMatchObject({ viewers: 2, ...numbers });
  expect(await numbersOf(two)).toMatchObject({ viewers: 1, peak: 2, total: 2, uniqueToday: 2 });

  // Again is the same with nothing left to find, also for rooms that slept.
  await settle(one);
  await evictDurableObject(roomOf(one), { webSockets: "hibernate" });
  expect(await numbersOf(one)).toMatchObject({ viewers: 2, ...numbers });
  expect(await forget("ada")).toEqual({ user: "ada", registered: false, streams: 0, sessions: 0 });

  const [owner] = (
    await env.DB.prepare("SELECT user_id FROM broadcasters WHERE id = 'ada-tv'").all()
  ).results;
  expect(owner).toEqual({ user_id: null });
  const log = (await env.DB.prepare("SELECT * FROM audit_log WHERE subject = 'ada'").all()).results;
  expect(log.map(({ action }) => action)).toEqual(["user.put", "user.delete", "user.delete"]);
  expect(JSON.stringify(log)).not.toContain("Ada L.");
  expect(await rowsOfStream("user_sessions", one)).toHaveLength(1);

  // Who comes back is one of those who were there today.
  const back = await watch(one, "ada");
  await viewersBecome(one, 3);
  expect(await numbersOf(one)).toMatchObject({ viewers: 3, ...numbers });
  back.socket.close(1000);
  await viewersBecome(one, 2);

  for (const { socket } of eves) socket.close(1000);
  await viewersBecome(one, 1);
  expect((await send(adminRequest("POST", `streams/${one}/end`))).status).toBe(200);
  await letTimePass(one);
  await currentBecomes(one, 0);
  const [current] = await rowsOfStream("current_viewers", one);
  expect(current).toMatchObject({ status: "ended", peak_viewers: 3, total_viewers: 3 });
  const [after] = await rowsOfStream("daily_statistics", one);
  expect([before?.unique_viewers, after?.unique_viewers]).toEqual([3, 3]);
  // Eve twice, Bob, and Ada since she came back.
  await savedBecome(one, 4);
});

test("somebody nobody ever saw is deleted too, with nothing found", async () => {
  const nothing = { registered: false, streams: 0, sessions: 0 };
  expect(await forget("never-seen")).toEqual({ user: "never-seen", ...nothing });
});

test("a room or a database that is away is 503, nothing is lost by it, and the same again does it", async () => {
  await start("farewell-away");
  await put("users/away", { name: "A" });
  await watch("farewell-away", "away");
  await viewersBecome("farewell-away", 1);
  const broken = (what: "rooms" | "users") =>
    workerWithServices((services) => ({
      ...services,
      deleteUser: {
        ...services.deleteUser,
        ...(what === "rooms"
          ? { rooms: { forgetUser: fail } }
          : { users: { ...services.deleteUser.users, deleteUser: fail } }),
      },
    }));
  const request = () => adminRequest("DELETE", "users/away");
  expect(await refusalOf(await broken("rooms")(request()))).toEqual([503, "room-unavailable"]);
  expect(await refusalOf(await broken("users")(request()))).toEqual([503, "not-saved"]);
  expect((await numbersOf("farewell-away")).viewers).toBe(0);
  expect(await forget("away")).toMatchObject({ registered: true });
});

test("takes a key and an id that is one", async () => {
  const keyless = await send(makeRequest("DELETE", "/v1/admin/users/ada"));
  expect(await refusalOf(keyless)).toEqual([401, "unauthorized"]);
  const wrong = await send(adminRequest("DELETE", "users/a%20b"));
  expect(await refusalOf(wrong)).toEqual([400, "invalid-request"]);
});

test("answers kept for repeated requests about the user go along, and the order itself may be repeated by its key", async () => {
  const asked = (method: string, key: string, body?: unknown): Request => {
    const request = adminRequest(method, "users/kept", body);
    request.headers.set("Idempotency-Key", `"${key}"`);
    return request;
  };
  expect((await send(asked("PUT", "put-kept", { name: "Kept Name" }))).status).toBe(200);
  const answers = async () =>
    (await env.DB.prepare("SELECT answer FROM idempotency_keys").all()).results.map(
      ({ answer }) => `${answer}`,
    );
  expect((await answers()).join()).toContain("Kept Name");
  const first = await send(asked("DELETE", "delete-kept"));
  expect(await first.json()).toMatchObject({ registered: true });
  expect((await answers()).join()).not.toContain("Kept Name");
  const again = await send(asked("DELETE", "delete-kept"));
  expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  expect(await again.json()).toMatchObject({ registered: true });
});
