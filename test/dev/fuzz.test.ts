import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { answersOf, outlivedAnswers } from "../../dev/prove/fuzz/answers.ts";
import { campaign } from "../../dev/prove/fuzz/campaign.ts";
import { bytesOf, framesIn, OPCODES } from "../../dev/prove/fuzz/frames.ts";
import type { HttpCase } from "../../dev/prove/fuzz/http-case.ts";
import { complaintOf } from "../../dev/prove/fuzz/judge-http.ts";
import { type HttpSender, httpSender } from "../../dev/prove/fuzz/send-http.ts";
import { ROUTES, type Route } from "../../src/protocol/routes.ts";

test("of every route it is written down what it may answer, and of no other", () => {
  for (const route of ROUTES) expect(answersOf(route).good.length).toBeGreaterThan(0);
  expect(outlivedAnswers(ROUTES)).toEqual([]);
});

describe("an answer is complained of", () => {
  const route = ROUTES.find(({ path }) => path === "/v1/views") as Route;
  const asked = (expects: HttpCase["expects"]): HttpCase => ({
    ...{
      route,
      method: "POST",
      target: "/v1/views",
      headers: [],
      body: "{}",
      chunked: false,
      expects,
    },
  });
  const answer = (status: number, body: object, type = "application/problem+json") => ({
    ...{ status, headers: { "content-type": type }, body: JSON.stringify(body) },
  });
  const refusal = (status: number, code: string) => answer(status, { status, code });

  test.each([
    ["when there is none", "fits", "no answer"],
    ["for an error of ours", "anything", refusal(500, "internal")],
    ["for a part that is missing without a reason", "fits", refusal(503, "not-durable")],
    ["for a code that nobody knows", "anything", refusal(400, "strange")],
    ["for a code of another status", "anything", refusal(400, "not-found")],
    ["for a code of another route", "refused", refusal(404, "unknown-stream")],
    ["for an error that is no problem document", "anything", answer(400, {}, "text/plain")],
    ["when it takes what does not fit", "refused", answer(202, {}, "application/json")],
    ["when it refuses what fits", "fits", refusal(400, "invalid-request")],
    [
      "when it tells more than that a key is missing",
      "unauthorized",
      refusal(400, "invalid-request"),
    ],
  ] as const)("%s", (_, expects, told) => {
    expect(complaintOf(asked(expects), told)).toBeDefined();
  });

  test.each([
    ["what fits is taken", "fits", answer(202, {}, "application/json")],
    ["what does not is refused", "refused", refusal(400, "invalid-request")],
    ["there are too many of them", "fits", refusal(429, "too-many-requests")],
  ] as const)("and not when %s", (_, expects, told) => {
    expect(complaintOf(asked(expects), told)).toBeUndefined();
  });

  test("of the runtime's own, not when an upgrade says no version", () => {
    const told = {
      ...{ status: 426, headers: { "content-type": "text/plain" } },
      body: "ERROR: The requested WebSocket version is not supported.",
    };
    const upgrade = { ...asked("anything"), headers: [["Upgrade", "websocket"]] as const };
    expect(complaintOf(upgrade, told)).toBeUndefined();
    expect(complaintOf(asked("anything"), told)).toBeDefined();
    expect(complaintOf(upgrade, { ...told, body: "ERROR" })).toBeDefined();
  });
});

describe("a request that meets a connection which is being closed", () => {
  const asked: HttpCase = {
    ...{ route: ROUTES[0] as Route, method: "GET", target: "/", headers: [] },
    ...{ body: undefined, chunked: false, expects: "anything" },
  };

  /** @param answers of each connection before it is cut */
  const served = async (answers: number): Promise<HttpSender> => {
    const counts = new WeakMap<Socket, number>();
    const server = createServer(({ socket }, response) => {
      const count = (counts.get(socket) ?? 0) + 1;
      counts.set(socket, count);
      if (count > answers) socket.resetAndDestroy();
      else response.end("well");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const sender = httpSender(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1);
    onTestFinished(() => {
      sender.close();
      server.close();
    });
    return sender;
  };

  test("is sent again on another one", async () => {
    const sender = await served(1);
    expect(await sender.send(asked)).toMatchObject({ status: 200 });
    expect(await sender.send(asked)).toMatchObject({ status: 200 });
  });

  test("which nothing came of yet, is told", async () => {
    expect(await (await served(0)).send(asked)).toContain("no answer: Error: ");
  });
});

test("of the cases that fail the smallest is told, the same for the same seed", async () => {
  const found = () =>
    campaign({
      cases: fc.array(fc.nat(1_000), { maxLength: 50 }),
      ...{ total: 500, seed: 7, atOnce: 8 },
      judge: async (numbers) => (numbers.some((number) => number > 500) ? "too large" : undefined),
    });
  const [first, second] = await Promise.all([found(), found()]);
  expect(first.failures).toEqual([{ complaint: "too large", found: [501], failsAlone: true }]);
  expect(second).toEqual(first);
});

test("frames are read as they were written, of every length", () => {
  for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
    const payload = Buffer.alloc(length, 7);
    const bytes = bytesOf({ opcode: OPCODES.binary, payload, unmasked: true });
    expect(framesIn(bytes)).toEqual([{ opcode: OPCODES.binary, payload }]);
    expect(framesIn(bytes.subarray(0, -1))).toEqual([]);
  }
});
