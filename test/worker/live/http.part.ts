import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { webCryptoSignatures } from "../../../src/adapters/webcrypto/signatures.ts";
import { openTicket } from "../../../src/app/live/ticket.ts";
import { CLOSE_CODES } from "../../../src/protocol/live-messages.ts";
import { fail } from "../support/broken.ts";
import { BROWSER, makeGet, makePost, refusalOf } from "../support/client.ts";
import { type Fetch, workerWith, workerWithServices } from "../support/compose.ts";
import {
  Client,
  numbersOf,
  openRoom,
  registryWith,
  roomOf,
  settle,
  sqlOf,
  streamOf,
} from "./support.ts";
import { makeTicket, SITE_SECRET, secondsAhead } from "./tickets.ts";

const ADDRESS = "203.0.113.77";

const STREAMS = {
  public: {},
  private: { visibility: "private" },
  planned: { status: "planned" },
  over: { status: "ended" },
  numbers: {},
  stored: {},
  origins: {},
} as const;

const signatures = webCryptoSignatures([{ id: "site", secret: SITE_SECRET }]);

const workerFor = (allowedOrigins?: ReadonlySet<string>): Fetch =>
  workerWithServices((services) => ({
    ...services,
    allowedOrigins,
    arrive: { ...services.arrive, registry: registryWith(STREAMS), signatures },
  }));

const worker = workerFor();

const upgrade = (path: string, headers: Readonly<Record<string, string>> = {}): Request =>
  makeGet(`/v1/streams/${path}`, {
    Upgrade: "websocket",
    "User-Agent": BROWSER,
    "CF-Connecting-IP": ADDRESS,
    ...headers,
  });

const connect = async (path: string): Promise<Client> => new Client(await worker(upgrade(path)));

const beat = (stream: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  worker(makePost(`/v1/streams/${stream}/heartbeat`, body, { headers }));

const inTime = (stream: string, user = "u1") => ({ stream, user, exp: secondsAhead(60) });

describe("a socket", () => {
  test("of a live stream counts its visitor, and roles tell viewers from observers", async () => {
    await openRoom("public");
    await connect("public/live?client=a");
    await connect("public/live?client=a&role=viewer");
    await connect("public/live?client=b&role=observer");
    expect((await numbersOf("public")).viewers).toBe(1);
    await connect("public/live?client=b");
    expect((await numbersOf("public")).viewers).toBe(2);
  });

  test.each(["planned", "over"])("of a stream that is %s is closed as ended", async (stream) => {
    await (await connect(`${stream}/live`)).closedWith(CLOSE_CODES.ended);
  });

  test("is refused over HTTP when only a wrong client asks so, and no object is made", async () => {
    const before = (await listDurableObjectIds(env.ROOMS)).length;
    const plain = await worker(makeGet("/v1/streams/public/live"));
    expect([plain.headers.get("Upgrade"), ...(await refusalOf(plain))]).toEqual([
      "websocket",
      426,
      "upgrade-required",
    ]);
    const refusals = [
      ["nobody/live", 404, "unknown-stream"],
      ["b@d/live", 400, "invalid-request"],
      ["public/live?role=director", 400, "invalid-request"],
      ["public/live?role=viewer&role=observer", 400, "invalid-request"],
      ["public/live?client=", 400, "invalid-request"],
      ["public/live?cache=1", 400, "invalid-request"],
    ] as const;
    for (const [path, status, code] of refusals) {
      expect(await refusalOf(await worker(upgrade(path)))).toEqual([status, code]);
    }
    expect((await listDurableObjectIds(env.ROOMS)).length).toBe(before);
  });

  test("comes from an allowed origin, and says so", async () => {
    await openRoom("origins");
    const listed = workerFor(new Set(["https://a.example"]));
    for (const headers of [{}, { Origin: "https://b.example" }, { Origin: "null" }]) {
      const answer = await listed(upgrade("origins/live", headers));
      expect(await refusalOf(answer)).toEqual([403, "origin-not-allowed"]);
    }
    new Client(await listed(upgrade("origins/live", { Origin: "https://a.example" })));
    expect((await numbersOf("origins")).viewers).toBe(1);
  });

  test("is closed so that it comes back when the room does not answer, and 503 without a registry", async () => {
    const roomless = workerWithServices((services) => ({
      ...services,
      rooms: { ...services.rooms, connect: fail, heartbeat: fail },
      arrive: { ...services.arrive, registry: registryWith(STREAMS) },
    }));
    await new Client(await roomless(upgrade("public/live"))).closedWith(CLOSE_CODES.silent);
    const beaten = await roomless(makePost("/v1/streams/public/heartbeat", "{}"));
    expect(await refusalOf(beaten)).toEqual([503, "room-unavailable"]);
    const blind = workerWithServices((services) => ({
      ...services,
      arrive: { ...services.arrive, registry: { find: fail } },
    }));
    const refused = await blind(upgrade("public/live"));
    expect(await refusalOf(refused)).toEqual([503, "registry-unavailable"]);
  });
});

describe("a ticket", () => {
  test("lets into a private stream, and makes a user's devices one viewer", async () => {
    await openRoom("private");
    const ticket = await makeTicket({ claims: inTime("private") });
    await connect(`private/live?client=a&ticket=${ticket}`);
    await connect(`private/live?client=b&ticket=${ticket}`);
    const answer = await beat("private", JSON.stringify({ ticket }));
    expect(await answer.json()).toMatchObject({ stream: "private", viewers: 1 });
    const other = await makeTicket({ claims: inTime("private", "u2") });
    await connect(`private/live?client=a&ticket=${other}`);
    expect((await numbersOf("private")).viewers).toBe(2);
  });

  const WRONG: readonly (readonly [string, () => Promise<string>])[] = [
    ["expired", () => makeTicket({ claims: { ...inTime("private"), exp: secondsAhead(-1) } })],
    [
      "too far ahead",
      () => makeTicket({ claims: { ...inTime("private"), exp: secondsAhead(130) } }),
    ],
    ["of another stream", () => makeTicket({ claims: inTime("public") })],
    ["of another key", () => makeTicket({ secret: new Uint8Array(32), claims: inTime("private") })],
    ["of an unknown key", () => makeTicket({ keyId: "old", claims: inTime("private") })],
    ["of another version", () => makeTicket({ version: "t2", claims: inTime("private") })],
    ["without a user", () => makeTicket({ claims: { ...inTime("private"), user: undefined } })],
    ["of no user's id", () => makeTicket({ claims: inTime("private", "a\nb") })],
    ["with more in it", () => makeTicket({ claims: { ...inTime("private"), admin: true } })],
    ["in milliseconds", () => makeTicket({ claims: { ...inTime("private"), exp: Date.now() } })],
    ["that is no ticket", () => Promise.resolve("ticket")],
    ["that is empty", () => Promise.resolve("")],
    [
      "whose claims were changed",
      async () => {
        const [version, key, , mac] = (await makeTicket({ claims: inTime("private") })).split(".");
        const [, , payload] = (await makeTicket({ claims: inTime("private", "u2") })).split(".");
        return [version, key, payload, mac].join(".");
      },
    ],
    ["cut", async () => (await makeTicket({ claims: inTime("private") })).slice(0, -1)],
  ];

  test.each(WRONG)("%s is refused, on public streams too", async (_, make) => {
    const ticket = await make();
    for (const stream of ["private", "public"]) {
      if (stream === "public" && (await openTicketOf(ticket, "public"))) continue;
      await (await connect(`${stream}/live?ticket=${ticket}`)).closedWith(CLOSE_CODES.ticket);
      const answer = await beat(stream, JSON.stringify({ ticket }));
      expect(await refusalOf(answer)).toEqual([401, "ticket-refused"]);
    }
  });

  test("is needed for a private stream", async () => {
    await (await connect("private/live?client=a")).closedWith(CLOSE_CODES.ticket);
    expect(await refusalOf(await beat("private", "{}"))).toEqual([401, "ticket-refused"]);
  });

  test("is refused where the site has no keys", async () => {
    const keyless = workerWith({ TICKET_KEYS: "" });
    expect((await keyless(makeGet("/healthz"))).status).toBe(200);
    const none = { signatures: webCryptoSignatures([]), clock: { now: () => Date.now() } };
    const ticket = await makeTicket({ claims: inTime("private") });
    expect(await openTicket(none, ticket, streamOf("private"))).toBeUndefined();
  });
});

const openTicketOf = (ticket: string, stream: string) =>
  openTicket({ signatures, clock: { now: () => Date.now() } }, ticket, streamOf(stream));

describe("a heartbeat", () => {
  test("counts who has no socket, answers the numbers, and is read as text too", async () => {
    await openRoom("numbers");
    const answer = await beat("numbers", '{"client":"a"}', { "Content-Type": "text/plain" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(await answer.json()).toEqual({
      stream: "numbers",
      status: "live",
      viewers: 1,
      peak: 1,
      total: 1,
      uniqueToday: 1,
      recent: 1,
      asOf: expect.any(Number),
    });
    expect(await (await beat("numbers", '{"client":"b"}')).json()).toMatchObject({ viewers: 2 });
    expect(await (await beat("numbers", '{"client":"a"}')).json()).toMatchObject({ viewers: 2 });
  });

  test.each([
    ["planned", "{}", 409, "stream-not-live"],
    ["over", "{}", 409, "stream-not-live"],
    ["nobody", "{}", 404, "unknown-stream"],
    ["b@d", "{}", 400, "invalid-request"],
    ["numbers", '{"clinet":"a"}', 400, "invalid-request"],
    ["numbers", "{", 400, "malformed-json"],
    ["numbers", `"${"x".repeat(5_000)}"`, 413, "body-too-large"],
  ])("of a stream (%s) with a body of %# is refused", async (stream, body, status, code) => {
    expect(await refusalOf(await beat(stream, body))).toEqual([status, code]);
  });

  test("of a foreign page is refused", async () => {
    const listed = workerFor(new Set(["https://a.example"]));
    const headers = { Origin: "https://b.example" };
    const request = makePost("/v1/streams/numbers/heartbeat", "{}", { headers });
    expect(await refusalOf(await listed(request))).toEqual([403, "origin-not-allowed"]);
  });

  test("goes by POST alone", async () => {
    const answer = await worker(makeGet("/v1/streams/numbers/heartbeat"));
    expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
    expect(answer.headers.get("Allow")).toBe("POST");
  });
});

test("a room stores no address, no user agent, no client id and no user, and has a salt of its own", async () => {
  await openRoom("stored");
  const ticket = await makeTicket({ claims: inTime("stored", "user-of-site") });
  await connect("stored/live?client=client-of-page");
  await connect(`stored/live?ticket=${ticket}`);
  await beat("stored", '{"client":"beating-client"}', { "CF-Connecting-IP": ADDRESS });
  await settle("stored");
  const tables = await sqlOf("stored", "SELECT name FROM sqlite_master WHERE type = 'table'");
  let text = "";
  for (const { name } of tables) {
    if (`${name}`.startsWith("_cf")) continue;
    text += JSON.stringify(await sqlOf("stored", `SELECT * FROM ${name}`));
  }
  expect(text).toContain('"visitor"');
  for (const secret of [ADDRESS, "Mozilla", "client-of-page", "user-of-site", "beating-client"]) {
    expect(text).not.toContain(secret);
  }
  const salt = "SELECT hex(salt) AS salt FROM salt";
  const [[ours], [theirs]] = [await sqlOf("stored", salt), await sqlOf("numbers", salt)];
  expect(ours?.salt).toMatch(/^[0-9A-F]{64}$/);
  expect(ours?.salt).not.toBe(theirs?.salt);
  expect(await roomOf("stored").numbers()).toMatchObject({ viewers: 3 });
});
