import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { webCryptoSealer } from "../../../src/adapters/webcrypto/token-sealer.ts";
import { TOKEN_LIFE_MS } from "../../../src/core/limits.ts";
import { encodeEvent } from "../../../src/protocol/event-codec.ts";
import { confirm, confirmAll, makePost, problemOf, refusalOf, viewsOf } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { config, eventIdOf, makeEvent, makeToken, sealer } from "../support/events.ts";
import { collectorAt, drain } from "../support/objects.ts";

interface Batch {
  readonly results: readonly { readonly status: number; readonly [member: string]: unknown }[];
}

const confirmMany = async (tokens: readonly string[], colo: string): Promise<Batch["results"]> => {
  const answer = await confirm({ tokens }, { cf: { colo } });
  expect(answer.status).toBe(200);
  return (await answer.json<Batch>()).results;
};

const FORGED = { status: 401, code: "token-forged" };

describe("a forged token is answered 401 and counts nothing", () => {
  test("changed at any one position", async () => {
    const token = await makeToken({ content: "changed" });
    const changed = Array.from(token, (letter, at) => {
      const other = letter === "A" ? "B" : "A";
      return token.slice(0, at) + other + token.slice(at + 1);
    });
    for (let from = 0; from < changed.length; from += 50) {
      const results = await confirmMany(changed.slice(from, from + 50), "AAA");
      for (const result of results) expect(result).toEqual(FORGED);
    }
    expect(await viewsOf("changed")).toBe(0);
  });

  test("cut at any length", async () => {
    const token = await makeToken({ content: "cut" });
    const cut = Array.from(token, (_, at) => token.slice(0, at)).slice(1);
    for (let from = 0; from < cut.length; from += 50) {
      const results = await confirmMany(cut.slice(from, from + 50), "AAB");
      for (const result of results) expect(result).toEqual(FORGED);
    }
  });

  test.each([
    ["of 3 KB", "x".repeat(3_072)],
    ["of 3 KB in the right form", `v1.k2.${"A".repeat(3_040)}.${"A".repeat(22)}`],
    ["with a part too many", `v1.k2.AAAA.${"A".repeat(22)}.AAAA`],
    ["of a later version", `v2.k2.AAAA.${"A".repeat(22)}`],
    ["with empty parts", "v1..."],
    ["with text that is not ASCII", "v1.k2.ä.ü"],
  ])("%s", async (_, token) => {
    expect(await refusalOf(await confirm({ token }))).toEqual([401, "token-forged"]);
  });

  test("with padding after it", async () => {
    const token = await makeToken({ content: "padded" });
    const results = await confirmMany([`${token}=`, ` ${token}`, `${token}\n`], "AAC");
    for (const result of results) expect(result).toEqual(FORGED);
  });

  test("sealed with another secret under a key id of ours", async () => {
    const other = webCryptoSealer([{ id: "k2", secret: new Uint8Array(32).fill(7) }]);
    const token = await makeToken({ content: "other-secret" }, other);
    expect(await refusalOf(await confirm({ token }))).toEqual([401, "token-forged"]);
  });

  test("sealed with our secret under a key id we do not know", async () => {
    const [{ secret }] = config.tokenKeys;
    const token = await makeToken({ content: "other-id" }, webCryptoSealer([{ id: "k9", secret }]));
    expect(await refusalOf(await confirm({ token }))).toEqual([401, "token-forged"]);
  });

  test("sealed by us around what is no event", async () => {
    const token = await sealer.seal(new Uint8Array(60).fill(1));
    expect(await refusalOf(await confirm({ token }))).toEqual([401, "token-forged"]);
  });
});

test("tokens sealed with the key before the rotation still count", async () => {
  const old = config.tokenKeys.find(({ id }) => id === "k1");
  if (old === undefined) throw new Error("there is no second key");
  const token = await makeToken({ content: "rotated" }, webCryptoSealer([old]));
  await confirmAll([token, await makeToken({ content: "rotated" })], { cf: { colo: "AAD" } });
  await drain(collectorAt("AAD"));
  expect(await viewsOf("rotated")).toBe(2);
});

test("a token that comes too early is told how long to stay", async () => {
  const token = await makeToken({ content: "early", at: Date.now() });
  const answer = await confirm({ token });
  const { status, code, retryAfterMs } = await problemOf(answer);
  expect([status, code]).toEqual([425, "token-early"]);
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterMs).toBeLessThanOrEqual(3_000);
  expect(answer.headers.get("Retry-After")).toBe(`${Math.ceil(Number(retryAfterMs) / 1_000)}`);
});

test("a token out of life is answered 410 and counts nothing", async () => {
  const token = await makeToken({ content: "expired", at: Date.now() - TOKEN_LIFE_MS });
  const answer = await confirm({ token });
  expect(answer.headers.has("Retry-After")).toBe(false);
  expect(await refusalOf(answer)).toEqual([410, "token-expired"]);
  expect(await viewsOf("expired")).toBe(0);
});

test("a token near the end of its life still counts", async () => {
  const token = await makeToken({ content: "old", at: Date.now() - TOKEN_LIFE_MS + 30_000 });
  await confirmAll([token], { cf: { colo: "AAE" } });
  await drain(collectorAt("AAE"));
  expect(await viewsOf("old")).toBe(1);
});

test("a token replayed a hundred times in parallel counts once", async () => {
  const event = makeEvent({ content: "replayed" });
  const body = JSON.stringify({ token: await sealer.seal(encodeEvent(event)) });
  const worker = workerWith({});
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      worker(makePost("/v1/views/confirm?wait=10", body, { cf: { colo: "AAF" } })),
    ),
  );
  for (const answer of answers) {
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ ack: "durable", eventId: eventIdOf(event) });
  }
  await drain(collectorAt("AAF"));
  expect(await viewsOf("replayed")).toBe(1);
});

test("a token replayed fifty times in one body counts once", async () => {
  const token = await makeToken({ content: "replayed-in-body" });
  await confirmAll(
    Array.from({ length: 50 }, () => token),
    { cf: { colo: "AAG" } },
  );
  await drain(collectorAt("AAG"));
  expect(await viewsOf("replayed-in-body")).toBe(1);
});

test("good and bad tokens of one body each get their answer, in order", async () => {
  const [first, second] = [makeEvent({ content: "mixed" }), makeEvent({ content: "mixed" })];
  const results = await confirmMany(
    [
      "forged",
      await sealer.seal(encodeEvent(first)),
      await makeToken({ content: "mixed", at: Date.now() - TOKEN_LIFE_MS }),
      await makeToken({ content: "mixed", at: Date.now() }),
      await sealer.seal(encodeEvent(second)),
    ],
    "AAH",
  );
  expect(results).toEqual([
    FORGED,
    { status: 202, ack: "durable", eventId: eventIdOf(first) },
    { status: 410, code: "token-expired" },
    { status: 425, code: "token-early", retryAfterMs: expect.any(Number) },
    { status: 202, ack: "durable", eventId: eventIdOf(second) },
  ]);
  await drain(collectorAt("AAH"));
  expect(await viewsOf("mixed")).toBe(2);
});

test("a body of nothing but bad tokens reaches no Collector", async () => {
  const before = (await listDurableObjectIds(env.COLLECTORS)).length;
  expect(await confirmMany(["forged", "forged-too"], "AAI")).toEqual([FORGED, FORGED]);
  expect(await listDurableObjectIds(env.COLLECTORS)).toHaveLength(before);
});
