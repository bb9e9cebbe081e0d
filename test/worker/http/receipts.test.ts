import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import {
  DWELL_MS,
  HOUR_MS,
  MINUTE_MS,
  RECEIPT_LIFE_MS,
  RECEIPT_SETTLE_MS,
  TOKEN_LIFE_MS,
} from "../../../src/core/limits.ts";
import { formatHour } from "../../../src/core/views/hour-text.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { concat } from "../../../src/protocol/bytes.ts";
import { encodeEvent } from "../../../src/protocol/event-codec.ts";
import { encodeFrame } from "../../../src/protocol/frame.ts";
import { adminRequest } from "../support/admin.ts";
import { brokenTally, SECRET_PLACE } from "../support/broken.ts";
import { confirm, makePost, mint, refusalOf, send } from "../support/client.ts";
import { type Fetch, workerWith } from "../support/compose.ts";
import { eventIdOf, makeEvent, makeToken, newVisitor, sealer } from "../support/events.ts";
import { collectorAt, drain, eventually, rowsOf, saveTally, tallyOf } from "../support/objects.ts";

const tokenOf = (event: ViewEvent): Promise<string> => sealer.seal(encodeEvent(event));

const ask = (token: string, fetch: Fetch = send, address = "198.51.100.1"): Promise<Response> =>
  fetch(
    makePost("/v1/receipts", JSON.stringify({ token }), {
      headers: { "CF-Connecting-IP": address },
    }),
  );

let addresses = 0;
/** Asked by somebody who has not asked before. */
const receiptOf = async (
  event: ViewEvent,
  fetch: Fetch = send,
): Promise<Record<string, unknown>> => {
  addresses += 1;
  const answer = await ask(await tokenOf(event), fetch, `2001:db8:${addresses.toString(16)}::1`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  const { eventId, content, openedAt, ...rest } = await answer.json<Record<string, unknown>>();
  expect({ eventId, content, openedAt }).toEqual({
    eventId: eventIdOf(event),
    content: event.content,
    openedAt: event.at,
  });
  return rest;
};

/** As if they had been confirmed four seconds after they were opened. */
const collect = async (colo: string, events: readonly ViewEvent[]): Promise<void> => {
  const frames = events.map((event) => encodeFrame(encodeEvent(event), event.at + 4_000, 0));
  await collectorAt(colo).append(concat(frames));
  await drain(collectorAt(colo));
};

const confirmedAt = ({ at }: ViewEvent): number => at + 4_000;

describe("a view that nobody has confirmed", () => {
  const AGES = [
    [
      DWELL_MS - 1_500,
      { status: "pending", reason: "too-early", retryAfterMs: expect.any(Number) },
    ],
    [DWELL_MS + 1_000, { status: "pending", reason: "not-confirmed" }],
    [TOKEN_LIFE_MS + RECEIPT_SETTLE_MS / 2, { status: "pending", reason: "not-confirmed" }],
    [TOKEN_LIFE_MS + RECEIPT_SETTLE_MS, { status: "unconfirmed" }],
    [RECEIPT_LIFE_MS - MINUTE_MS, { status: "unconfirmed" }],
  ] as const;
  test.each(AGES)("%d ms after its opening is told so", async (age, expected) => {
    expect(await receiptOf(makeEvent({ content: "unseen", at: Date.now() - age }))).toEqual(
      expected,
    );
  });

  test("7 days after its opening is no longer told of", async () => {
    const token = await makeToken({ content: "old", at: Date.now() - RECEIPT_LIFE_MS });
    expect(await refusalOf(await ask(token))).toEqual([410, "receipt-expired"]);
  });
});

test("a view that is opened and confirmed as browsers do is counted, or taken for what its token says", async () => {
  const opened = await mint({ content: "whole-way" });
  const { token } = await opened.json<{ token: string }>();
  expect(await (await ask(token)).json()).toMatchObject({ status: "pending", reason: "too-early" });
  const counted = makeEvent({ content: "whole-way" });
  const bot = makeEvent({ content: "whole-way", verdict: "bot" });
  const prefetch = makeEvent({ content: "whole-way", verdict: "prefetch" });
  const events = [counted, bot, prefetch];
  const tokens = await Promise.all(events.map(tokenOf));
  expect((await confirm({ tokens }, { cf: { colo: "RCA" } })).status).toBe(200);
  await drain(collectorAt("RCA"));
  const common = { decidedBy: "realtime", confirmedAt: expect.any(Number) };
  expect(await receiptOf(counted)).toEqual({ ...common, status: "counted" });
  expect(await receiptOf(bot)).toEqual({ ...common, status: "bot", rule: "bot@1" });
  expect(await receiptOf(prefetch)).toEqual({ ...common, status: "prefetch", rule: "prefetch@1" });
});

test("a duplicate is told when the visitor's own counted view was opened, a late one that correction decides", async () => {
  const visitor = newVisitor();
  const at = Date.now() - MINUTE_MS;
  const [own, again] = [0, 20_000].map((ms) =>
    makeEvent({ content: "twice", at: at + ms, visitor }),
  );
  const late = makeEvent({ content: "twice", at: at - HOUR_MS });
  if (own === undefined || again === undefined) throw new Error("there are two");
  await collect("RCB", [own, again]);
  await collect("RCB", [late]);
  const common = { decidedBy: "realtime" };
  expect(await receiptOf(again)).toEqual({
    ...common,
    status: "duplicate",
    of: at,
    confirmedAt: confirmedAt(again),
  });
  expect(await receiptOf(late)).toMatchObject({ ...common, status: "late" });
});

/** Alarms follow each other until the Corrector rests. */
const correct = async (hour: number, shard: number): Promise<void> => {
  const body = { from: formatHour(hour) };
  expect((await send(adminRequest("POST", "correct", body))).status).toBe(202);
  const corrector = env.CORRECTORS.getByName(`corrector:${shard}`);
  await eventually("the corrector rests", async () => {
    await runDurableObjectAlarm(corrector);
    const { waiting, running } = await corrector.status();
    return waiting === 0 && running === undefined;
  });
};

/** Has a Tally cut off what it has archived and cannot judge by any more. */
const forget = async (colo: string, shard: number): Promise<void> => {
  await collect(colo, [makeEvent({ content: "another", shard })]);
  await saveTally(tallyOf(shard));
  const query = `SELECT newest_at FROM log WHERE newest_at < ${PAST + HOUR_MS}`;
  expect(await rowsOf(tallyOf(shard), query)).toEqual([]);
};

/** An hour that is over, and views in it of two visitors. */
const PAST = hourOf(Date.now()) - 3 * HOUR_MS;
const pastViews = (content: string) => {
  const visitor = newVisitor();
  const own = makeEvent({ content, at: PAST + 1_000, visitor });
  const again = makeEvent({ content, at: PAST + 31_000, visitor });
  const other = makeEvent({ content, at: PAST + 32_000 });
  return { own, again, other, all: [again, own, other] };
};

test("what was corrected is told as correction decided, from objects that hold what the log has lost", async () => {
  const { own, again, other, all } = pastViews("corrected");
  await collect("RCC", all);
  const { shard } = own;
  expect(await receiptOf(own)).toMatchObject({ status: "late", decidedBy: "realtime" });
  await correct(PAST, shard);
  const common = { decidedBy: "correction" };
  const expectDecided = async () => {
    expect(await receiptOf(own)).toMatchObject({ ...common, status: "counted" });
    expect(await receiptOf(again)).toMatchObject({ ...common, status: "duplicate", of: own.at });
    expect(await receiptOf(other)).toMatchObject({ ...common, status: "counted" });
  };
  await expectDecided();
  await forget("RCC", shard);
  await expectDecided();
});

test("what the log has lost and no correction has read is told from the raw log", async () => {
  const { own, all } = pastViews("archived");
  await collect("RCD", all);
  const tally = tallyOf(own.shard);
  const run = Date.now();
  const sealed = await tally.seal(PAST, run);
  if (sealed.status !== "sealed") throw new Error("it is sealed");
  await tally.leave(PAST, run, sealed.through);
  await forget("RCD", own.shard);
  expect(await receiptOf(own)).toMatchObject({ status: "late", decidedBy: "realtime" });
});

test("without the Tally, or the raw log where it is needed, 503 asks to come again and names no place", async () => {
  const { own, all } = pastViews("away");
  await collect("RCE", all);
  await correct(PAST, own.shard);
  const get = () => Promise.reject(new Error(`${SECRET_PLACE} is down`));
  const away = [
    workerWith({ TALLIES: { getByName: () => brokenTally } }),
    workerWith({ RAW_LOG: new Proxy(env.RAW_LOG, { get: () => get }) }),
  ];
  for (const worker of away) {
    const answer = await ask(await tokenOf(own), worker, "2001:db8:ffff::1");
    expect(answer.headers.get("Retry-After")).toBe("5");
    expect(await answer.clone().text()).not.toContain(SECRET_PLACE);
    expect(await refusalOf(answer)).toEqual([503, "receipts-unavailable"]);
  }
});

describe("who asks", () => {
  test("with a token that is none of ours is told nothing", async () => {
    const token = await makeToken({ content: "forged" });
    const changed = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    for (const forged of [changed, "v1.k2.AAAA.AAAA", "nonsense"]) {
      expect(await refusalOf(await ask(forged))).toEqual([401, "token-forged"]);
    }
  });

  test("with anything but one token is refused", async () => {
    for (const body of ["{}", '{"token":""}', '{"token":"a","x":1}', '{"tokens":["a"]}']) {
      const answer = await send(makePost("/v1/receipts", body));
      expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
    }
    const read = await send(new Request("https://headcount.test/v1/receipts"));
    expect(read.headers.get("Allow")).toBe("POST");
    expect(await refusalOf(read)).toEqual([405, "method-not-allowed"]);
  });

  test("without a preflight, as text, is answered too", async () => {
    const body = JSON.stringify({ token: await makeToken({ content: "as-text" }) });
    const headers = { "Content-Type": "text/plain" };
    expect((await send(makePost("/v1/receipts", body, { headers }))).status).toBe(200);
  });

  test("from a page of another origin is refused", async () => {
    const worker = workerWith({ ALLOWED_ORIGINS: "https://site.example" });
    const body = JSON.stringify({ token: await makeToken({ content: "elsewhere" }) });
    const from = (Origin: string) =>
      worker(makePost("/v1/receipts", body, { headers: { Origin } }));
    expect(await refusalOf(await from("https://other.example"))).toEqual([
      403,
      "origin-not-allowed",
    ]);
    const answer = await from("https://site.example");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("https://site.example");
  });

  test("too often from one network has to wait, and the limit does not learn the address", async () => {
    const asked = new Map<string, number>();
    const limit = async ({ key }: { key: string }) => {
      asked.set(key, (asked.get(key) ?? 0) + 1);
      return { success: (asked.get(key) ?? 0) <= 2 };
    };
    const worker = workerWith({ RECEIPT_LIMIT: { limit } });
    const token = await makeToken({ content: "often" });
    expect((await ask(token, worker)).status).toBe(200);
    expect((await ask(token, worker)).status).toBe(200);
    const answer = await ask(token, worker);
    expect(answer.headers.get("Retry-After")).toBe("60");
    expect(await refusalOf(answer)).toEqual([429, "too-many-receipts"]);
    expect((await ask(token, worker, "198.51.100.2")).status).toBe(200);
    for (const key of asked.keys()) expect(key).not.toContain("198.51.100");
  });

  test("within the deployed limit is answered, 30 a minute", async () => {
    const token = await makeToken({ content: "often", at: Date.now() - RECEIPT_LIFE_MS });
    const codes: number[] = [];
    for (let count = 0; count < 31; count += 1) {
      codes.push((await ask(token, send, "192.0.2.7")).status);
    }
    expect(new Set(codes.slice(0, 30))).toEqual(new Set([410]));
    expect(codes[30]).toBe(429);
  });
});
