/** Readers of MySQL as a deployment has them: named by variables, asked by the Worker over HTTP. */
import { describe, expect, inject, test } from "vitest";
import { mysqlDatabase } from "../../../src/adapters/mysql/database.ts";
import type { ContentStats } from "../../../src/app/views/read-stats.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { get, makeGet, refusalOf } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { id } from "../support/events.ts";

/** With the schema, and as good a reader as any. */
const reader = inject("databaseUrl");

const HOUR = 3_600_000;

/** Nobody answers there. */
const AWAY = "http://user:password@127.0.0.1:9";

describe.skipIf(reader === "")("with a reader of MySQL, and a writer that is away", () => {
  const worker = workerWith({
    DATABASE: "mysql",
    DATABASE_URL: AWAY,
    DATABASE_ANALYTICS_URL: reader,
    DB: undefined,
  });

  test("statistics and histories are told all the same", async () => {
    const { counts, registry } = mysqlDatabase(reader);
    const hour = Math.floor(Date.now() / HOUR) * HOUR;
    const content = id("read-from-a-reader");
    const cell = { content, hour, shard: 101, views: 7, final: false, stamp: stamp(1, 1) };
    await counts.saveCells([cell]);
    const told = await worker(makeGet(`/v1/stats/contents/${content}`));
    expect(told.status).toBe(200);
    const stats = await told.json<ContentStats>();
    expect(stats.total.views).toBe(7);
    expect(stats).not.toHaveProperty("stale");

    const entry = { id: crypto.randomUUID(), at: 0, actor: "test", action: "put", subject: "r" };
    const audit = { ...entry, before: null, after: null };
    await registry.putBroadcaster({ id: "of-a-reader", name: "B" }, audit);
    const history = await worker(makeGet("/v1/stats/broadcasters/of-a-reader/history"));
    expect(history.status).toBe(200);
  });

  test("strong is refused: the reader does not stand in for the writer", async () => {
    for (const path of ["contents/a", "streams/a/history", "broadcasters/a/history"]) {
      const answer = await worker(makeGet(`/v1/stats/${path}?consistency=strong`));
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(await refusalOf(answer)).toEqual([503, "statistics-unavailable"]);
    }
  });
});

describe.skipIf(reader === "")("with a reader that is away", () => {
  test.each([["DATABASE_ANALYTICS_URL"], ["DATABASE_HISTORY_URL"], ["DATABASE_RANKING_URL"]])(
    "%s: the writer tells",
    async (variable) => {
      const worker = workerWith({
        DATABASE: "mysql",
        DATABASE_URL: reader,
        [variable]: AWAY,
        DB: undefined,
      });
      const answer = await worker(makeGet("/v1/stats/contents/nobody-saw-it"));
      expect(answer.status).toBe(200);
      expect(await answer.json()).not.toHaveProperty("stale");
    },
  );
});

test("a reader's address says nothing where the database is D1", async () => {
  expect((await get("/v1/stats/contents/a")).status).toBe(200);
  const worker = workerWith({ DATABASE: "d1", DATABASE_ANALYTICS_URL: AWAY });
  expect((await worker(makeGet("/v1/stats/contents/a"))).status).toBe(200);
});
