import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { MAX_CONTENTS } from "../../../src/core/limits.ts";
import { shardOf } from "../../../src/core/views/shards.ts";
import { flush } from "../support/admin.ts";
import { brokenD1, brokenTally, SECRET_PLACE } from "../support/broken.ts";
import { confirmAll, get, makeGet, refusalOf } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { config, id, makeToken } from "../support/events.ts";
import { collectorAt, drain, tallyOf } from "../support/objects.ts";

interface CountRead {
  readonly content: string;
  readonly views: number;
  readonly asOf: number;
  readonly source: string;
}

const count = async (content: string, views: number, colo: string): Promise<void> => {
  const tokens = await Promise.all(Array.from({ length: views }, () => makeToken({ content })));
  await confirmAll(tokens, { cf: { colo } });
  await drain(collectorAt(colo));
};

const readOne = async (answer: Response): Promise<CountRead> => {
  expect(answer.status).toBe(200);
  return answer.json<CountRead>();
};

const readMany = async (query: string): Promise<readonly CountRead[]> => {
  const answer = await get(`/v1/counts?${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json<{ counts: readonly CountRead[] }>()).counts;
};

test("an unknown content reads 0 and leaves no row", async () => {
  const read = await readOne(await get("/v1/counts/nobody-saw-it?consistency=strong"));
  expect(read).toEqual({
    content: "nobody-saw-it",
    views: 0,
    asOf: expect.any(Number),
    source: "tally",
  });
  const shard = shardOf(config.schedule, id("nobody-saw-it"), Date.now());
  const rows = await runInDurableObject(tallyOf(shard), (_, { storage }) =>
    ["cells", "totals", "log", "marks"].map(
      (table) => storage.sql.exec(`SELECT count(*) AS rows FROM ${table}`).one().rows,
    ),
  );
  expect(rows).toEqual([0, 0, 0, 0]);
});

test("reads of any number of contents make no more objects than there are shards", async () => {
  for (let i = 0; i < 5; i += 1) {
    const query = Array.from({ length: MAX_CONTENTS }, () => `content=${crypto.randomUUID()}`);
    expect(await readMany(query.join("&"))).toHaveLength(MAX_CONTENTS);
  }
  expect((await listDurableObjectIds(env.TALLIES)).length).toBeLessThanOrEqual(8);
  expect(await listDurableObjectIds(env.COLLECTORS)).toEqual([]);
});

test("many contents are read at once, each once, in the order asked for", async () => {
  await count("many-a", 1, "DDA");
  await count("many-b", 3, "DDB");
  const query = ["many-b", "many-z", "many-a", "many-b"].map((content) => `content=${content}`);
  for (const consistency of ["&consistency=strong", ""]) {
    const read = await readMany(query.join("&") + consistency);
    expect(read.map(({ content, views }) => [content, views])).toEqual([
      ["many-b", 3],
      ["many-z", 0],
      ["many-a", 1],
    ]);
  }
});

test("what is remembered says so, and a strong read asks the Tally", async () => {
  const first = await get("/v1/counts/remembered");
  expect(first.headers.get("Cache-Control")).toMatch(
    /^public, max-age=[1-5], stale-while-revalidate=[1-5]$/,
  );
  expect(await readOne(first)).toMatchObject({ views: 0, source: "tally" });
  await count("remembered", 2, "DDC");
  const strong = await get("/v1/counts/remembered?consistency=strong");
  expect(strong.headers.get("Cache-Control")).toBe("no-store");
  expect(await readOne(strong)).toMatchObject({ views: 2, source: "tally" });
  expect(await readOne(await get("/v1/counts/remembered"))).toMatchObject({
    views: 2,
    source: "memo",
  });
});

describe("a request that cannot be answered is refused", () => {
  test.each([
    "/v1/counts",
    "/v1/counts?content=",
    "/v1/counts?content=a&content=b%20c",
    "/v1/counts/a%20b",
    "/v1/counts/a%2Fb",
    `/v1/counts/${"x".repeat(65)}`,
    `/v1/counts?${Array.from({ length: MAX_CONTENTS + 1 }, (_, i) => `content=c${i}`).join("&")}`,
    "/v1/counts/a?consistency=weird",
    "/v1/counts/a?consistency=",
    "/v1/counts/a?consistency=strong&consistency=strong",
    "/v1/counts?content=a&consistency=eventual",
  ])("%s", async (path) => {
    expect(await refusalOf(await get(path))).toEqual([400, "invalid-request"]);
  });
});

describe("when the Tallies do not answer", () => {
  const tallies = (answers: () => boolean) => ({
    getByName: (name: string) => (answers() ? env.TALLIES.getByName(name) : brokenTally),
  });
  const down = () => workerWith({ TALLIES: tallies(() => false) });

  test("a strong read is answered 503, with when to come again and not with what broke", async () => {
    const answer = await down()(makeGet("/v1/counts/unread?consistency=strong"));
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect(await answer.clone().text()).not.toContain(SECRET_PLACE);
    expect(await refusalOf(answer)).toEqual([503, "counts-unavailable"]);
  });

  test("what the database has is told as stale, true at the last flush, and cached by nobody", async () => {
    await count("flushed", 1, "DWN");
    const { startedAt } = await flush();
    const answer = await down()(makeGet("/v1/counts/flushed"));
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const known = { content: "flushed", views: 1, source: "database", stale: true };
    expect(await readOne(answer)).toEqual({ ...known, asOf: startedAt });
  });

  test("a content nobody has heard of is aggregating", async () => {
    const answer = await down()(makeGet("/v1/counts/unheard"));
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await readOne(answer)).toEqual({ content: "unheard", status: "aggregating" });
  });

  test("what is remembered is told when the database has less, but not to who asked for a strong read", async () => {
    let up = true;
    const worker = workerWith({ TALLIES: tallies(() => up) });
    await worker(makeGet("/v1/counts/last-known"));
    up = false;
    const strong = await worker(makeGet("/v1/counts/last-known?consistency=strong"));
    expect(await refusalOf(strong)).toEqual([503, "counts-unavailable"]);
    expect(await readOne(await worker(makeGet("/v1/counts/last-known")))).toMatchObject({
      views: 0,
      source: "memo",
    });
  });

  test("and the database does not either, counts are still 200", async () => {
    const worker = workerWith({ TALLIES: tallies(() => false), DB: brokenD1 });
    for (let i = 0; i < 5; i += 1) {
      const answer = await worker(makeGet("/v1/counts/all-away"));
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(await readOne(answer)).toEqual({ content: "all-away", status: "aggregating" });
    }
  });

  test("one that is down takes nothing from the contents of the others", async () => {
    const shard = shardOf(config.schedule, id("near"), 0);
    const worker = workerWith({
      TALLIES: {
        getByName: (name) =>
          name === `tally:${shard}` ? brokenTally : env.TALLIES.getByName(name),
      },
    });
    const far = ["f1", "f2", "f3", "f4"].find(
      (one) => shardOf(config.schedule, id(one), 0) !== shard,
    );
    const answer = await worker(makeGet(`/v1/counts?content=near&content=${far}`));
    expect(await answer.json()).toMatchObject({
      counts: [
        { content: "near", status: "aggregating" },
        { content: far, views: 0, source: "tally" },
      ],
    });
  });
});

test("a read model that does not answer is done without: numbers come from the Tallies", async () => {
  const worker = workerWith({
    READ_MODEL: "redis",
    UPSTASH_REDIS_REST_URL: "http://127.0.0.1:1",
    UPSTASH_REDIS_REST_TOKEN: "token",
  });
  await count("without-read-model", 1, "DWR");
  for (let i = 0; i < 5; i += 1) {
    const answer = await worker(makeGet(`/v1/counts?content=without-read-model&content=n${i}`));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ counts: [{ views: 1 }, { source: "tally" }] });
  }
});

test("a query string that means nothing is refused, so that it is a key to no cache", async () => {
  for (const path of ["/v1/counts/a?x=1", "/v1/counts?content=a&_=123", "/v1/counts/a?content=b"]) {
    const answer = await get(path);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
  }
});
