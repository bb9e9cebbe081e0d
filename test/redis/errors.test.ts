import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { RequestFault } from "../../dev/upstash-gateway/faults.ts";
import { startUpstashGateway } from "../../dev/upstash-gateway/gateway.ts";
import { type RedisConnection, redisClient } from "../../src/adapters/redis/client.ts";
import { publishCounts } from "../../src/adapters/redis/counts.ts";
import { redisReadModel } from "../../src/adapters/redis/read-model.ts";
import {
  type PublishedRanking,
  type ReadModel,
  ReadModelError,
  type ReadModelWriter,
} from "../../src/ports/read-model.ts";
import { NO_REDIS } from "../support/redis.ts";
import {
  aStreamOf,
  content,
  NOON,
  openRedisModel,
  partsOf,
  type RedisModel,
  SCHEDULE,
  streamOf,
} from "../support/redis-model.ts";

/** In every id, name and token: where it is read, something was told that should not be. */
const CANARY = "canary";
const TOKEN = `${CANARY}-token`;

const ids = [content(`${CANARY}-1`), content(`${CANARY}-2`)];
const numbers = aStreamOf(streamOf(`${CANARY}-stream`), {
  broadcaster: `${CANARY}-broadcaster`,
  category: `${CANARY}-category`,
});

const contents = ids.map((id) => ({ content: id, views: 1, previousRank: null }));
const aRanking: PublishedRanking = {
  window: "realtime",
  category: `${CANARY}-category`,
  ranking: { window: "realtime", asOf: NOON, from: NOON, to: NOON + 1, contents },
};

type Model = ReadModel & ReadModelWriter;

const CALLS: Readonly<Record<string, (model: Model) => Promise<unknown>>> = {
  counts: (model) => model.counts(ids),
  stream: (model) => model.stream(numbers.stream),
  live: (model) => model.live(5, `${CANARY}-category`),
  publishCounts: (model) => model.publishCounts(ids.flatMap((id) => partsOf(id, 7))),
  publishStream: (model) => model.publishStream(numbers),
  views: (model) => model.views("realtime", 5, `${CANARY}-category`),
  publishRankings: (model) => model.publishRankings([aRanking]),
};

const modelAt = (connection: RedisConnection): Model =>
  redisReadModel(connection, {
    schedule: SCHEDULE,
    clock: { now: () => NOON },
    random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 },
  });

/** @returns what was thrown, of which nothing is told that was asked */
const refusalOf = async (asked: Promise<unknown>): Promise<string> => {
  const thrown = await asked.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(thrown).toBeInstanceOf(ReadModelError);
  const whole = inspect(thrown, { depth: 9, showHidden: true });
  expect(whole).not.toMatch(
    /canary|http:|count:\{|view:\{|\{live\}|\{rank\}|headcount:|evalsha|hmget/i,
  );
  return thrown instanceof Error ? thrown.message : "";
};

describe.skipIf(NO_REDIS)("what fails is told without a word of what was asked", () => {
  let redis: RedisModel;
  let logged: string[];
  const servers: Server[] = [];

  beforeAll(async () => {
    redis = await openRedisModel({ token: TOKEN });
    await redis.settle();
  });

  beforeEach(() => {
    logged = [];
    for (const name of ["log", "info", "warn", "error", "debug"] as const) {
      vi.spyOn(console, name).mockImplementation((...said) => {
        logged.push(inspect(said));
      });
    }
  });

  afterEach(() => {
    vi.restoreAllMocks();
    redis.faults.clear();
    expect(logged).toEqual([]);
  });

  afterAll(async () => {
    for (const server of servers) server.close();
    await redis.close();
  });

  /** Somebody who answers everything with this. */
  const answering = async (body: string): Promise<RedisConnection> => {
    const server = createServer((request, response) => {
      request.resume().once("end", () => response.end(body));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, token: TOKEN };
  };

  const FAULTS: readonly (readonly [string, RequestFault, RegExp])[] = [
    ["a 400", { kind: "error", message: `ERR no ${CANARY}` }, /^Redis refused: ERR$/],
    ["words of its own", { kind: "error", message: `${CANARY} no` }, /^Redis refused: an error$/],
    ["a 500", { kind: "status", status: 500, body: "json" }, /^Redis refused: ERR$/],
    ["a proxy's 502", { kind: "status", status: 502, body: "html" }, /not JSON/],
    ["half an answer", { kind: "cut" }, /^Redis: /],
    ["an answer lost", { kind: "apply-and-drop" }, /^Redis: no answer/],
    ["a connection refused", { kind: "refuse" }, /^Redis: no answer/],
    ["an error of one command", { kind: "error", message: `OOM ${CANARY}`, at: 0 }, /: OOM$/],
    ["a script unknown", { kind: "error", message: `NOSCRIPT ${CANARY}`, at: 0 }, /: NOSCRIPT$/],
  ];

  test.for(
    FAULTS.flatMap(([what, fault, said]) =>
      Object.keys(CALLS).map((call) => ({ what, fault, said, call })),
    ),
  )("$call, to which there is $what", async ({ fault, said, call }) => {
    redis.faults.add({ when: () => true, fault });
    const model = modelAt(redis);
    expect(await refusalOf(CALLS[call]?.(model) ?? Promise.resolve())).toMatch(said);
    // Once: what was applied is not sent again by the driver.
    await CALLS[call]?.(model);
  });

  test.for([0, 1, 2])("an error of command %i of a publish is one of the publish", async (at) => {
    for (const call of ["publishCounts", "publishStream"]) {
      redis.faults.add({ when: () => true, fault: { kind: "error", message: "OOM", at } });
      await refusalOf(CALLS[call]?.(modelAt(redis)) ?? Promise.resolve());
    }
  });

  test.for(Object.keys(CALLS))("%s with a wrong token", async (call) => {
    const model = modelAt({ url: redis.url, token: `${CANARY}-stranger` });
    expect(await refusalOf(CALLS[call]?.(model) ?? Promise.resolve())).toMatch(/: WRONGPASS$/);
  });

  test.for(Object.keys(CALLS))("%s with a token that no header can carry", async (call) => {
    const model = modelAt({ url: redis.url, token: `${CANARY}\u0000stranger` });
    await refusalOf(CALLS[call]?.(model) ?? Promise.resolve());
  });

  test.for(["counts", "stream", "live", "views"])(
    "%s, given up after half a second",
    async (call) => {
      redis.faults.add({ when: () => true, fault: { kind: "delay", ms: 3_000 } });
      const asked = CALLS[call]?.(modelAt(redis)) ?? Promise.resolve();
      expect(await refusalOf(asked)).toBe("Redis did not answer within 500 ms");
    },
  );

  test("a publish that is given up may be done nevertheless", async () => {
    redis.faults.add({ when: () => true, fault: { kind: "delay", ms: 300 } });
    const deps = {
      clock: { now: () => NOON },
      random: { bytes: () => new Uint8Array(8), fraction: () => 0 },
    };
    const id = content(`${CANARY}-late`);
    const asked = publishCounts(redisClient(redis, 20), { parts: partsOf(id, 7) }, deps);
    expect(await refusalOf(asked)).toBe("Redis did not answer within 20 ms");
    await redis.faults.settled();
  });

  test.for(["null", "5", '"text"', "[]", "{}", "[null]", "not json", "", '{"error":"canary"}'])(
    "an answer that is none of Redis': %s",
    async (body) => {
      const model = modelAt(await answering(body));
      for (const call of Object.values(CALLS)) await refusalOf(call(model));
    },
  );

  test("answers without results are nothing to a reader, and no success to a publisher", async () => {
    const one = modelAt(await answering('[{"result":5}]'));
    expect(await one.counts([content("a")])).toEqual(new Map());
    expect(await one.stream(numbers.stream)).toBeUndefined();
    await refusalOf(one.live(1));
    expect(await one.views("day", 1)).toBeUndefined();
    for (const result of [
      "{}",
      '{"result":null}',
      '{"result":""}',
      '{"result":5}',
      '{"result":[]}',
    ]) {
      await refusalOf(modelAt(await answering(`[${result}]`)).publishCounts([]));
      const three = modelAt(await answering(`[${result},${result},${result}]`));
      await refusalOf(three.publishStream(numbers));
    }
    for (const result of ["{}", '{"result":null}', '{"result":"T0s="}', '{"result":[]}']) {
      const model = modelAt(await answering(`[${result}]`));
      await refusalOf(model.publishRankings([aRanking]));
    }
    // As base64.
    const named = '{"result":"bmFtZWQ="}';
    const none = modelAt(await answering(`[{},{},${named}]`));
    expect(await refusalOf(none.publishStream(numbers))).toMatch("not an answer for each");
  });

  test("nobody listens", async () => {
    const gone = await answering("");
    const closed = servers.at(-1);
    await new Promise((resolve) => closed?.close(resolve));
    for (const call of Object.values(CALLS)) {
      expect(await refusalOf(call(modelAt(gone)))).toMatch(/^Redis: no answer/);
    }
  });

  test("a gateway without Redis", async () => {
    const gateway = await startUpstashGateway({
      ...{ redis: { socketPath: `/tmp/${CANARY}-no-such-socket` }, port: 0, token: TOKEN },
    });
    try {
      for (const call of Object.values(CALLS)) await refusalOf(call(modelAt(gateway)));
    } finally {
      await gateway.close();
    }
  });
});
