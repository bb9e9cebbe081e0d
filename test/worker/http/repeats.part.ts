import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Keyring } from "../../../src/app/access/keyring.ts";
import { composeWorker } from "../../../src/compose.ts";
import {
  REPEAT_DEAD_MS,
  REPEAT_MAX_ANSWER_BYTES,
  REPEATS_KEPT_MS,
} from "../../../src/core/limits.ts";
import { makeApp } from "../../../src/http/app.ts";
import { pathHash } from "../../../src/protocol/path-hash.ts";
import { sha256Hex } from "../../../src/protocol/sha256.ts";
import { idempotencyKeys } from "../../../src/schema/d1/operations.ts";
import type { Services } from "../../../src/services.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";
import { adminRequest } from "../support/admin.ts";
import { brokenD1, fail } from "../support/broken.ts";
import { makeRequest, refusalOf } from "../support/client.ts";
import { type Fetch, workerWith, workerWithServices } from "../support/compose.ts";
import { FakeCorrectors } from "../support/fake-correctors.ts";

const rows = drizzle(env.DB);

let made = 0;
/** A key nobody has used. */
const freshKey = (): string => {
  made += 1;
  return `"key-${made}"`;
};

/** As an operator asks who may have to ask again. */
const keyed = (key: string, method: string, path: string, body?: unknown): Request => {
  const request = adminRequest(method, path, body);
  request.headers.set("Idempotency-Key", key);
  return request;
};

const exclusion = (value: string) => ({
  ...{ kind: "content", value, from: "2026-11-21T09", to: "2026-11-21T10" },
  reason: "bought views",
});

interface Excluded {
  readonly exclusion: { readonly id: string; readonly value: string };
}

/** All that was decided about a content. */
const decidedAbout = async (worker: Fetch, value: string) => {
  const answer = await worker(adminRequest("GET", "exclusions?limit=500"));
  const { exclusions } = await answer.json<{ exclusions: readonly { readonly value: string }[] }>();
  return exclusions.filter((one) => one.value === value);
};

const away = (): FakeCorrectors => new FakeCorrectors((name) => name === "corrector:2");

const mute = () => vi.spyOn(console, "error").mockImplementation(() => undefined);

const replayedOf = (answer: Response): string | null => answer.headers.get("Idempotency-Replayed");

/** The Worker with live streams as the test has them, each asked once for its viewers. */
const reconciling = (live: () => Promise<readonly string[]>): Fetch =>
  workerWithServices((services) => ({ ...services, reconcile: reconcileWith(services, live) }));

const reconcileWith = (
  { reconcile }: Services,
  live: () => Promise<readonly string[]>,
): Services["reconcile"] => ({
  ...reconcile,
  rooms: { reconcile: async () => ({ outcome: "unopened" }) },
  rankings: {
    live: async () => ({ asOf: 0, streams: (await live()).map((id) => anEntry(stream(id))) }),
  },
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a request that comes again with its key", () => {
  test("is answered as the first time, to the byte, marked as told again, and not done again", async () => {
    const correctors = new FakeCorrectors();
    const worker = workerWith({ CORRECTORS: correctors });
    const key = freshKey();
    const ask = () => worker(keyed(key, "POST", "exclusions", exclusion("again")));
    const first = await ask();
    expect([first.status, replayedOf(first)]).toEqual([201, null]);
    const orders = correctors.orders.length;
    const told = await first.text();
    for (const again of [await ask(), await ask()]) {
      expect([again.status, replayedOf(again)]).toEqual([201, "true"]);
      expect(again.headers.get("Content-Type")).toBe(first.headers.get("Content-Type"));
      expect(again.headers.get("Cache-Control")).toBe("no-store");
      expect(await again.text()).toBe(told);
    }
    expect(correctors.orders).toHaveLength(orders);
  });

  test("has the same key whether that is quoted or not", async () => {
    const worker = workerWith({ CORRECTORS: new FakeCorrectors() });
    const ask = (key: string) => worker(keyed(key, "POST", "exclusions", exclusion("quoted")));
    expect((await ask('"a \\"b\\" c"')).status).toBe(201);
    expect(replayedOf(await ask('"a \\"b\\" c"'))).toBe("true");
    expect((await ask("bare-one")).status).toBe(200);
    expect(replayedOf(await ask('"bare-one"'))).toBe("true");
  });

  test("is answered the same when it was refused for what it is, also when it would be taken now", async () => {
    const worker = workerWith({ CORRECTORS: new FakeCorrectors() });
    const key = freshKey();
    const ask = () => worker(keyed(key, "PUT", "contents/late", { category: "of-later" }));
    expect(await refusalOf(await ask())).toEqual([422, "unknown-category"]);
    await worker(adminRequest("PUT", "categories/of-later", { title: "Later" }));
    const again = await ask();
    expect(replayedOf(again)).toBe("true");
    expect(await refusalOf(again)).toEqual([422, "unknown-category"]);
  });

  test("a day later is a new one", async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const worker = workerWith({ CORRECTORS: new FakeCorrectors() });
    const key = freshKey();
    const ask = () => worker(keyed(key, "PUT", "categories/of-a-day", { title: "Day" }));
    await ask();
    vi.advanceTimersByTime(REPEATS_KEPT_MS - 1);
    expect(replayedOf(await ask())).toBe("true");
    vi.advanceTimersByTime(1);
    expect(replayedOf(await ask())).toBeNull();
  });

  test("works for a site's own back end, and for bodies of no declared length", async () => {
    const worker = workerWith({});
    const events = [{ id: "no-id", content: "told", user: "u" }];
    const key = freshKey();
    const ask = () => {
      const { headers } = keyed(key, "POST", "flush");
      headers.set("Content-Type", "application/json");
      const text = new TextEncoder().encode(JSON.stringify({ events }));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of text) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      });
      return worker(
        new Request("https://headcount.test/v1/events", { method: "POST", headers, body }),
      );
    };
    const first = await ask();
    expect(first.status).toBe(200);
    const again = await ask();
    expect(replayedOf(again)).toBe("true");
    expect(await again.text()).toBe(await first.text());
  });
});

describe("of twenty at once with one key", () => {
  test("one is done and makes one record, the others are asked to come later, and are told then", async () => {
    const worker = workerWith({ CORRECTORS: new FakeCorrectors() });
    const key = freshKey();
    const ask = () => worker(keyed(key, "POST", "exclusions", exclusion("raced")));
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    const done = answers.filter(({ status }) => status === 201);
    expect(done.filter((answer) => replayedOf(answer) === null)).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 201) continue;
      expect(answer.headers.get("Retry-After")).toBe("2");
      expect(await refusalOf(answer)).toEqual([409, "request-in-progress"]);
    }
    const records = await decidedAbout(worker, "raced");
    expect(records).toHaveLength(1);
    const later = await (await ask()).json<Excluded>();
    expect(records).toEqual([later.exclusion]);
  });
});

describe("a key of one request is refused for another:", () => {
  test.each([
    ["another body", "PUT", "categories/one", { title: "Two" }],
    ["another path", "PUT", "categories/two", { title: "One" }],
    ["a query", "PUT", "categories/one?a=b", { title: "One" }],
    ["another method", "POST", "flush", undefined],
  ])("%s", async (_, method, path, body) => {
    const worker = workerWith({});
    const key = freshKey();
    const first = await worker(keyed(key, "PUT", "categories/one", { title: "One" }));
    expect(first.status).toBe(200);
    const other = await worker(keyed(key, method, path, body));
    expect(await refusalOf(other)).toEqual([422, "idempotency-key-reused"]);
  });

  test("but that of another caller is another key", async () => {
    const times = { revoked: false, createdAt: 0, updatedAt: 0 };
    const keys = await Promise.all(
      ["ann", "bob"].map(async (name) => {
        return { name, hash: await sha256Hex(name), scopes: ["operate"] as const, ...times };
      }),
    );
    const keyring = new Keyring({ adminKeys: [], named: { standing: async () => keys } });
    const worker = workerWithServices((services) => ({ ...services, keyring }));
    const key = freshKey();
    const ask = (who: string) => {
      const request = keyed(key, "POST", "reconcile", { stream: "nobody-streams-it" });
      request.headers.set("Authorization", `Bearer ${who}`);
      return worker(request);
    };
    expect((await ask("ann")).status).toBe(404);
    expect(replayedOf(await ask("bob"))).toBeNull();
    expect(replayedOf(await ask("ann"))).toBe("true");
  });
});

describe("what failed is done when it comes again", () => {
  test("after a 503 that says so", async () => {
    const logged = mute();
    const key = freshKey();
    const ask = (correctors: FakeCorrectors) =>
      workerWith({ CORRECTORS: correctors })(keyed(key, "POST", "exclusions", exclusion("failed")));
    expect((await ask(away())).status).toBe(503);
    logged.mockRestore();
    const correctors = new FakeCorrectors();
    const again = await ask(correctors);
    expect([again.status, replayedOf(again)]).toEqual([200, null]);
    expect(correctors.orders).toHaveLength(8);
    expect(replayedOf(await ask(correctors))).toBe("true");
  });

  test("after a fault of ours", async () => {
    const logged = mute();
    const key = freshKey();
    const broken = workerWithServices((services) => {
      const live = async () => ({
        asOf: 0,
        get streams(): never {
          throw new Error("a fault");
        },
      });
      return { ...services, reconcile: { ...services.reconcile, rankings: { live } } };
    });
    const ask = (worker: Fetch) => worker(keyed(key, "POST", "reconcile", {}));
    expect(await refusalOf(await ask(broken))).toEqual([500, "internal"]);
    logged.mockRestore();
    const again = await ask(reconciling(async () => []));
    expect([again.status, replayedOf(again)]).toEqual([202, null]);
  });

  test("after its answer was too large to be kept; one that is not is kept", async () => {
    const run = async (bytes: number): Promise<readonly (string | null)[]> => {
      const ids = Array.from({ length: Math.ceil(bytes / 100) }, () => "s".repeat(60));
      let asked = 0;
      const worker = reconciling(async () => {
        asked += 1;
        return ids;
      });
      const key = freshKey();
      const ask = async () => {
        const answer = await worker(keyed(key, "POST", "reconcile", {}));
        expect(answer.status).toBe(202);
        expect((await answer.text()).length).toBeGreaterThan(bytes / 2);
        return replayedOf(answer);
      };
      const told = [await ask(), await ask()];
      expect(asked).toBe(told.filter((one) => one === null).length);
      return told;
    };
    expect(await run(REPEAT_MAX_ANSWER_BYTES * 1.2)).toEqual([null, null]);
    expect(await run(REPEAT_MAX_ANSWER_BYTES / 2)).toEqual([null, "true"]);
  });
});

describe("a request whose isolate died", () => {
  test("is done by the next one after a minute, not before; what the dead one says late is not told", async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const hangs = Promise.withResolvers<readonly string[]>();
    const begun = Promise.withResolvers<void>();
    const key = freshKey();
    const dying = reconciling(() => {
      begun.resolve();
      return hangs.promise;
    });
    const first = dying(keyed(key, "POST", "reconcile", {}));
    await begun.promise;
    const worker = reconciling(async () => ["mine"]);
    const ask = () => worker(keyed(key, "POST", "reconcile", {}));
    vi.advanceTimersByTime(REPEAT_DEAD_MS - 1);
    expect(await refusalOf(await ask())).toEqual([409, "request-in-progress"]);
    vi.advanceTimersByTime(1);
    const second = await ask();
    expect([second.status, replayedOf(second)]).toEqual([202, null]);
    hangs.resolve(["late"]);
    expect(await (await first).text()).toContain("late");
    const third = await ask();
    expect(replayedOf(third)).toBe("true");
    expect(await third.text()).toContain("mine");
  });
});

test("who hangs up has it done all the same, and its answer kept", async () => {
  const live = Promise.withResolvers<readonly string[]>();
  const begun = Promise.withResolvers<void>();
  const composed = composeWorker(env);
  if (composed.status === "refused") throw new Error("the tests are not configured");
  const { services } = composed;
  const reconcile = reconcileWith(services, () => {
    begun.resolve();
    return live.promise;
  });
  const ctx = createExecutionContext();
  const app = makeApp(() => ({ status: "ready", services: { ...services, reconcile } }));
  const key = freshKey();
  void app.fetch(keyed(key, "POST", "reconcile", {}), env, ctx);
  await begun.promise;
  live.resolve(["of-who-hung-up"]);
  await waitOnExecutionContext(ctx);
  const told = await workerWith({})(keyed(key, "POST", "reconcile", {}));
  expect(replayedOf(told)).toBe("true");
  expect(await told.text()).toContain("of-who-hung-up");
});

describe("while the database is away", () => {
  test("nothing is done and nothing is told of it", async () => {
    const logged = mute();
    const correctors = new FakeCorrectors();
    const worker = workerWith({ CORRECTORS: correctors, DB: brokenD1 });
    const answer = await worker(keyed(freshKey(), "POST", "correct"));
    logged.mockRestore();
    expect(await answer.clone().text()).not.toContain("10.0.0.7");
    expect(answer.headers.get("Retry-After")).toBe("2");
    expect(await refusalOf(answer)).toEqual([503, "not-saved"]);
    expect(correctors.orders).toEqual([]);
  });

  test("for the answer alone, it goes out all the same, and the key is not free before the claim is dead", async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const logged = mute();
    const worker = workerWithServices((services) => ({
      ...services,
      repeats: {
        ...services.repeats,
        tables: { ...services.repeats.tables, keep: fail },
      },
    }));
    const key = freshKey();
    const ask = () => worker(keyed(key, "PUT", "categories/unkept", { title: "Unkept" }));
    expect((await ask()).status).toBe(200);
    expect(logged.mock.calls.flat().join()).toContain("repeats.not-settled");
    logged.mockRestore();
    expect((await ask()).status).toBe(409);
    vi.advanceTimersByTime(REPEAT_DEAD_MS);
    expect(
      (await workerWith({})(keyed(key, "PUT", "categories/unkept", { title: "Unkept" }))).status,
    ).toBe(200);
  });
});

describe("nothing is looked up", () => {
  const untouched = (): Fetch =>
    workerWithServices((services) => ({
      ...services,
      repeats: {
        ...services.repeats,
        tables: { claim: fail, renew: fail, keep: fail, release: fail },
      },
    }));

  test("without the header", async () => {
    const answer = await untouched()(adminRequest("PUT", "categories/unkeyed", { title: "X" }));
    expect(answer.status).toBe(200);
  });

  test("for what only reads, for paths that are not there, and on public paths", async () => {
    const worker = untouched();
    expect((await worker(keyed(freshKey(), "GET", "exclusions"))).status).toBe(200);
    expect((await worker(keyed(freshKey(), "POST", "nothing", {}))).status).toBe(404);
    expect((await worker(keyed(freshKey(), "PUT", "flush", {}))).status).toBe(405);
    const mint = makeRequest("POST", "/v1/views", {
      body: { content: "a" },
      headers: { "Idempotency-Key": '"' },
    });
    expect((await worker(mint)).status).toBe(202);
  });

  test("for who has no good key: who holds nothing learns nothing, and takes no key from others", async () => {
    const worker = workerWith({});
    const key = freshKey();
    const stranger = keyed(key, "PUT", "categories/strange", { title: "X" });
    stranger.headers.set("Authorization", "Bearer of-a-stranger-with-no-good-key");
    expect(await refusalOf(await untouched()(stranger))).toEqual([401, "unauthorized"]);
    const ours = await worker(keyed(key, "PUT", "categories/strange", { title: "Y" }));
    expect([ours.status, replayedOf(ours)]).toEqual([200, null]);
  });
});

test.each([[""], ['""'], ['"open'], ['"a" "b"'], ['"a", "b"'], ['"a";p=1'], ["x".repeat(256)]])(
  "the key %j is refused, and nothing is done",
  async (key) => {
    const answer = await workerWith({})(keyed(key, "PUT", "categories/unkeyable", { title: "X" }));
    expect(await refusalOf(answer)).toEqual([400, "invalid-idempotency-key"]);
  },
);

test("a body no path takes is refused before it is looked up", async () => {
  const long = { title: "x".repeat(256 * 1024) };
  const answer = await workerWith({})(keyed(freshKey(), "PUT", "categories/long", long));
  expect(await refusalOf(answer)).toEqual([413, "body-too-large"]);
});

test("what is kept of a request is found by its path, however that was written, and holds the key only as a hash", async () => {
  const key = "a-key-of-this-test-alone";
  await workerWith({})(keyed(key, "PUT", "users/%61nn-of-repeats", { name: "Ann" }));
  const found = await rows
    .select()
    .from(idempotencyKeys)
    .where(eq(idempotencyKeys.pathHash, await pathHash("/v1/admin/users/ann-of-repeats")));
  expect(found).toMatchObject([{ status: 200, key: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  expect(JSON.stringify(found)).not.toContain(key);
});
