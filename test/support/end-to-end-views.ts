/** What visitors and readers of contents can rely on; in this order. */
import { test } from "vitest";
import { MAX_CONTENTS } from "../../src/core/limits.ts";
import { type Deployment, IN_ORDER, PATIENCE } from "./end-to-end-deployment.ts";

export const countsViews = (deployment: Deployment): void => {
  const { source } = deployment;

  test(
    "a view is counted once it was confirmed, within seconds, and its copies and the same visitor's next are not",
    IN_ORDER,
    async ({ expect }) => {
      const [first, again, second, other] = await Promise.all([
        deployment.site.open("article", "anna"),
        deployment.site.open("article", "anna"),
        deployment.site.open("article", "bert"),
        deployment.site.open("video", "anna"),
      ]);
      expect(await deployment.site.confirm([first, first, again, other])).toEqual(
        Array(4).fill("durable"),
      );
      const video = { content: "video", views: 1, source: source.counts };
      await expect
        .poll(() => deployment.site.read("/v1/counts/video"), PATIENCE)
        .toMatchObject(video);
      // What comes after them in the same shard is counted after them.
      expect(await deployment.site.confirm([first, again, second])).toEqual(
        Array(3).fill("durable"),
      );
      const article = { content: "article", views: 2, source: source.counts };
      await expect
        .poll(() => deployment.site.read("/v1/counts/article"), PATIENCE)
        .toMatchObject(article);
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
      expect(await deployment.site.read(read)).toMatchObject({ counts });
      expect(await deployment.site.statusOf(`${read}&content=one-more`)).toBe(400);
    },
  );

  test("who asks for it is told by the object itself", IN_ORDER, async ({ expect }) => {
    const article = { content: "article", views: 2, source: "tally" };
    expect(await deployment.site.read("/v1/counts/article?consistency=strong")).toMatchObject(
      article,
    );
  });

  test("what was flushed is what statistics say", IN_ORDER, async ({ expect }) => {
    const flushed = { views: { failures: 0 }, streams: { failures: 0 } };
    expect(await deployment.site.operate("POST", "/flush")).toMatchObject(flushed);
    expect(await deployment.site.read("/v1/stats/contents/article?granularity=hour")).toMatchObject(
      {
        total: { views: 2 },
      },
    );
  });

  test(
    "a number that an operator brings down comes down for every reader",
    IN_ORDER,
    async ({ expect }) => {
      const restated = { content: "article", before: 2, after: 1 };
      const order = { views: 1, reason: "an office reloaded it" };
      expect(
        await deployment.site.operate("POST", "/contents/article/restate", order),
      ).toMatchObject(restated);
      const article = { views: 1, source: source.counts };
      await expect
        .poll(() => deployment.site.read("/v1/counts/article"), PATIENCE)
        .toMatchObject(article);
    },
  );
};

/** The same after a restart. */
export const hasViews = (deployment: Deployment): void => {
  test("every number of views is there again", IN_ORDER, async ({ expect }) => {
    for (const content of ["article", "video"]) {
      await expect
        .poll(() => deployment.site.read(`/v1/counts/${content}`), PATIENCE)
        .toMatchObject({ content, views: 1, source: deployment.source.counts });
    }
    expect(await deployment.site.read("/v1/stats/contents/article?granularity=hour")).toMatchObject(
      { total: { views: 2 } },
    );
  });
};

const VIEWS: Readonly<Record<string, number>> = { article: 2, video: 1 };

const viewsOf = (content: string): number => VIEWS[content] ?? 0;
