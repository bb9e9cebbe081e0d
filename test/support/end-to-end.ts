/** What a visitor, a reader and an operator can rely on, whatever stores a deployment has chosen; in this order. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { type Audience, openAudience } from "../../dev/prove/audience.ts";
import { openHeartbeats } from "../../dev/prove/drill/heartbeats.ts";
import { ensureSecrets, readVariables } from "../../dev/run/secrets.ts";
import { type Service, startService } from "../../dev/service.ts";
import { MAX_CONTENTS } from "../../src/core/limits.ts";
import { begunState } from "./begun-state.ts";
import { type Site, siteAt } from "./end-to-end-site.ts";

export interface Stores {
  readonly database: "d1" | "mysql";
  readonly readModel: "objects" | "redis";
}

/** Who answers readers, when it is not the isolate's memory. */
const SOURCES = {
  objects: { counts: "tally", streams: "room", ranking: "rankings" },
  redis: { counts: "readmodel", streams: "readmodel", ranking: "readmodel" },
} as const;

/** Longer than a machine takes that is busy; a list in Redis vouches for itself after half a minute. */
const PATIENCE = { timeout: 90_000, interval: 250 };

const CATEGORY = "music";
const BROADCASTER = "band";
const STREAM = "concert";
/** Goes on to the end. */
const OTHER_STREAM = "rehearsal";

/** Tests of one service run one after the other, services side by side: each of them mostly waits. */
const IN_ORDER = { concurrent: false };

export const countsEndToEnd = ({ database, readModel }: Stores): void => {
  const source = SOURCES[readModel];
  const leave: (() => void)[] = [];
  let state: string;
  let service: Service;
  let site: Site;
  let watching: Audience;

  const start = async (): Promise<void> => {
    const secrets = join(state, ".dev.vars");
    service = await startService({ state, secrets, port: 0 });
    const { ADMIN_KEY: adminKey = "" } = readVariables(secrets);
    site = siteAt({ url: service.url, adminKey });
  };

  beforeAll(async () => {
    state = await begunState(`headcount-${database}-${readModel}`);
    const secrets = join(state, ".dev.vars");
    writeFileSync(secrets, `DATABASE="${database}"\nREAD_MODEL="${readModel}"\n`);
    ensureSecrets(secrets);
    await start();
  });

  afterAll(async () => {
    for (const go of leave) go();
    service?.signal("SIGTERM");
    await service?.exited;
    rmSync(state, { recursive: true, maxRetries: 20, retryDelay: 100 });
  });

  test(
    "it is ready, with nothing that is away, and every shard stands",
    IN_ORDER,
    async ({ expect }) => {
      await expect
        .poll(() => site.read("/readyz"), PATIENCE)
        .toEqual(expect.objectContaining({ status: "ready" }));
      // One that has just begun may be too busy for the first answer.
      await expect
        .poll(async () => {
          const { shards } = (await site.operate("GET", "/status")) as Status;
          return shards.map(({ failed = "stands" }) => failed);
        }, PATIENCE)
        .toEqual(Array(SHARDS).fill("stands"));
    },
  );

  test(
    "a view is counted once it was confirmed, within seconds, and its copies and the same visitor's next are not",
    IN_ORDER,
    async ({ expect }) => {
      const [first, again, second, other] = await Promise.all([
        site.open("article", "anna"),
        site.open("article", "anna"),
        site.open("article", "bert"),
        site.open("video", "anna"),
      ]);
      expect(await site.confirm([first, first, again, other])).toEqual(Array(4).fill("durable"));
      const video = { content: "video", views: 1, source: source.counts };
      await expect.poll(() => site.read("/v1/counts/video"), PATIENCE).toMatchObject(video);
      // What comes after them in the same shard is counted after them.
      expect(await site.confirm([first, again, second])).toEqual(Array(3).fill("durable"));
      const article = { content: "article", views: 2, source: source.counts };
      await expect.poll(() => site.read("/v1/counts/article"), PATIENCE).toMatchObject(article);
    },
  );

  test(
    "a hundred counts come in one read, in the order they were asked for, and those of contents nobody viewed are 0",
    IN_ORDER,
    async ({ expect }) => {
      const others = Array.from({ length: MAX_CONTENTS - 2 }, (_, i) => `unseen-${i}`);
      const contents = ["article", ...others, "video"];
      const read = `/v1/counts?${contents.map((id) => `content=${id}`).join("&")}`;
      const counts = contents.map((content) => ({ content, views: viewsOf(content) }));
      expect(await site.read(read)).toMatchObject({ counts });
      expect(await site.statusOf(`${read}&content=one-more`)).toBe(400);
    },
  );

  test("who asks for it is told by the object itself", IN_ORDER, async ({ expect }) => {
    const article = { content: "article", views: 2, source: "tally" };
    expect(await site.read("/v1/counts/article?consistency=strong")).toMatchObject(article);
  });

  test(
    "who watches is told how many do, by socket or heartbeat, and so is who reads the stream or the list",
    IN_ORDER,
    async ({ expect }) => {
      await site.operate("PUT", `/categories/${CATEGORY}`, { title: "Music" });
      await site.operate("PUT", "/categories/silence", { title: "Silence" });
      await site.operate("PUT", `/broadcasters/${BROADCASTER}`, { name: "The Band" });
      for (const stream of [STREAM, OTHER_STREAM]) {
        const put = { broadcaster: BROADCASTER, title: stream, category: CATEGORY };
        await site.operate("PUT", `/streams/${stream}`, put);
        await site.operate("POST", `/streams/${stream}/start`);
        await expect
          .poll(() => site.read(`/v1/streams/${stream}`), PATIENCE)
          .toMatchObject({ status: "live", viewers: 0 });
      }
      const address = `${service.url}/v1/streams`;
      watching = openAudience(`${address}/${STREAM}`, 2);
      const beating = { size: 1, everyMs: 20_000 };
      const beats = openHeartbeats({ address: `${address}/${STREAM}`, name: "beat", ...beating });
      leave.push(watching.leave, beats.leave);

      const told = () => watching.viewers.map(({ viewers }) => viewers);
      await expect.poll(told, PATIENCE).toEqual([3, 3]);
      const numbers = { status: "live", viewers: 3, peak: 3, total: 3, uniqueToday: 3 };
      await expect
        .poll(() => site.read(`/v1/streams/${STREAM}`), PATIENCE)
        .toMatchObject({ ...numbers, source: source.streams });
      expect(await site.read(`/v1/streams/${STREAM}?consistency=strong`)).toMatchObject({
        ...numbers,
        source: "room",
      });
      const ranked = { stream: STREAM, title: STREAM, viewers: 3, peak: 3 };
      for (const list of ["/v1/rankings/live", `/v1/rankings/live?category=${CATEGORY}`]) {
        await expect
          .poll(() => site.read(list), PATIENCE)
          .toMatchObject({ streams: expect.arrayContaining([expect.objectContaining(ranked)]) });
      }
      expect(await site.read("/v1/rankings/live?category=silence")).toMatchObject({ streams: [] });
    },
  );

  test("what was flushed is what statistics say", IN_ORDER, async ({ expect }) => {
    const flushed = { views: { failures: 0 }, streams: { failures: 0 } };
    expect(await site.operate("POST", "/flush")).toMatchObject(flushed);
    expect(await site.read("/v1/stats/contents/article?granularity=hour")).toMatchObject({
      total: { views: 2 },
    });
  });

  test(
    "a number that an operator brings down comes down for every reader",
    IN_ORDER,
    async ({ expect }) => {
      const restated = { content: "article", before: 2, after: 1 };
      const order = { views: 1, reason: "an office reloaded it" };
      expect(await site.operate("POST", "/contents/article/restate", order)).toMatchObject(
        restated,
      );
      const article = { views: 1, source: source.counts };
      await expect.poll(() => site.read("/v1/counts/article"), PATIENCE).toMatchObject(article);
    },
  );

  test(
    "a stream that was ended is in no list, and its numbers and its history stay",
    IN_ORDER,
    async ({ expect }) => {
      await site.operate("POST", `/streams/${STREAM}/end`);
      for (const go of leave.splice(0)) go();
      await expect
        .poll(() => site.read(`/v1/streams/${STREAM}`), PATIENCE)
        .toMatchObject({ ...ENDED, source: source.streams });
      const listed = async () => {
        const { streams } = (await site.read("/v1/rankings/live")) as Ranking;
        return streams.map(({ stream }) => stream);
      };
      await expect.poll(listed, PATIENCE).not.toContain(STREAM);
      await expect
        .poll(async () => {
          await site.operate("POST", "/flush");
          return site.read(`/v1/stats/streams/${STREAM}/history?granularity=5min`);
        }, PATIENCE)
        .toMatchObject({ total: { peak: 3 }, current: { status: "ended", peak: 3, total: 3 } });
      const path = `/v1/stats/broadcasters/${BROADCASTER}/history?granularity=5min`;
      expect(await site.read(path)).toMatchObject({ total: { peak: 3 } });
    },
  );

  test(
    "a service that was ended and started again on what it left has every number",
    IN_ORDER,
    async ({ expect }) => {
      service.signal("SIGTERM");
      expect(await service.exited).toBe(0);
      await start();
      for (const [content, views] of [
        ["article", 1],
        ["video", 1],
      ] as const) {
        await expect
          .poll(() => site.read(`/v1/counts/${content}`), PATIENCE)
          .toMatchObject({ content, views, source: source.counts });
      }
      await expect
        .poll(() => site.read(`/v1/streams/${STREAM}`), PATIENCE)
        .toMatchObject({ ...ENDED, source: source.streams });
      expect(await site.read("/v1/stats/contents/article?granularity=hour")).toMatchObject({
        total: { views: 2 },
      });
    },
  );

  test("a stream that is live after it is in the list", IN_ORDER, async ({ expect }) => {
    const address = `${service.url}/v1/streams/${OTHER_STREAM}`;
    const audience = openAudience(address, 2);
    leave.push(audience.leave);
    await expect
      .poll(() => site.read(`/v1/rankings/live?category=${CATEGORY}`), PATIENCE)
      .toMatchObject({
        source: source.ranking,
        streams: expect.arrayContaining([
          expect.objectContaining({ stream: OTHER_STREAM, viewers: 2 }),
        ]),
      });
  });
};

const ENDED = { status: "ended", viewers: 0, peak: 3, total: 3 };

/** Of `wrangler.toml`. */
const SHARDS = 8;

interface Status {
  readonly shards: readonly { readonly failed?: string }[];
}

interface Ranking {
  readonly streams: readonly { readonly stream: string }[];
}

const VIEWS: Readonly<Record<string, number>> = { article: 2, video: 1 };

const viewsOf = (content: string): number => VIEWS[content] ?? 0;
