/** What those who watch streams, and those who read of them, can rely on; in this order. */
import { test } from "vitest";
import { openAudience } from "../../dev/prove/audience.ts";
import { openHeartbeats } from "../../dev/prove/drill/heartbeats.ts";
import { type Deployment, IN_ORDER, PATIENCE } from "./end-to-end-deployment.ts";

const CATEGORY = "music";
const BROADCASTER = "band";
const STREAM = "concert";
/** Goes on to the end. */
const OTHER_STREAM = "rehearsal";

export const countsViewers = (deployment: Deployment): void => {
  const { source } = deployment;

  test(
    "who watches is told how many do, by socket or heartbeat, and so is who reads the stream or the list",
    IN_ORDER,
    async ({ expect }) => {
      await deployment.site.operate("PUT", `/categories/${CATEGORY}`, { title: "Music" });
      await deployment.site.operate("PUT", "/categories/silence", { title: "Silence" });
      await deployment.site.operate("PUT", `/broadcasters/${BROADCASTER}`, { name: "The Band" });
      for (const stream of [STREAM, OTHER_STREAM]) {
        const put = { broadcaster: BROADCASTER, title: stream, category: CATEGORY };
        await deployment.site.operate("PUT", `/streams/${stream}`, put);
        await deployment.site.operate("POST", `/streams/${stream}/start`);
        await expect
          .poll(() => deployment.site.read(`/v1/streams/${stream}`), PATIENCE)
          .toMatchObject({ status: "live", viewers: 0 });
      }
      const address = `${deployment.url}/v1/streams`;
      const watching = openAudience(`${address}/${STREAM}`, 2);
      const beating = { size: 1, everyMs: 20_000 };
      const beats = openHeartbeats({ address: `${address}/${STREAM}`, name: "beat", ...beating });
      deployment.stays(watching, beats);

      const told = () => watching.viewers.map(({ viewers }) => viewers);
      await expect.poll(told, PATIENCE).toEqual([3, 3]);
      const numbers = { status: "live", viewers: 3, peak: 3, total: 3, uniqueToday: 3 };
      await expect
        .poll(() => deployment.site.read(`/v1/streams/${STREAM}`), PATIENCE)
        .toMatchObject({ ...numbers, source: source.streams });
      expect(await deployment.site.read(`/v1/streams/${STREAM}?consistency=strong`)).toMatchObject({
        ...numbers,
        source: "room",
      });
      const ranked = { stream: STREAM, title: STREAM, viewers: 3, peak: 3 };
      for (const list of ["/v1/rankings/live", `/v1/rankings/live?category=${CATEGORY}`]) {
        await expect
          .poll(() => deployment.site.read(list), PATIENCE)
          .toMatchObject({ streams: expect.arrayContaining([expect.objectContaining(ranked)]) });
      }
      expect(await deployment.site.read("/v1/rankings/live?category=silence")).toMatchObject({
        streams: [],
      });
    },
  );

  test(
    "a stream that was ended is in no list, and its numbers and its history stay",
    IN_ORDER,
    async ({ expect }) => {
      await deployment.site.operate("POST", `/streams/${STREAM}/end`);
      deployment.leave();
      await expect
        .poll(() => deployment.site.read(`/v1/streams/${STREAM}`), PATIENCE)
        .toMatchObject({ ...ENDED, source: source.streams });
      const listed = async () => {
        const { streams } = (await deployment.site.read("/v1/rankings/live")) as Ranking;
        return streams.map(({ stream }) => stream);
      };
      await expect.poll(listed, PATIENCE).not.toContain(STREAM);
      await expect
        .poll(async () => {
          await deployment.site.operate("POST", "/flush");
          return deployment.site.read(`/v1/stats/streams/${STREAM}/history?granularity=5min`);
        }, PATIENCE)
        .toMatchObject({ total: { peak: 3 }, current: { status: "ended", peak: 3, total: 3 } });
      const path = `/v1/stats/broadcasters/${BROADCASTER}/history?granularity=5min`;
      expect(await deployment.site.read(path)).toMatchObject({ total: { peak: 3 } });
    },
  );
};

/** The same after a restart. */
export const hasViewers = (deployment: Deployment): void => {
  const { source } = deployment;

  test("the numbers of a stream that ended are there again", IN_ORDER, async ({ expect }) => {
    await expect
      .poll(() => deployment.site.read(`/v1/streams/${STREAM}`), PATIENCE)
      .toMatchObject({ ...ENDED, source: source.streams });
  });

  test("a stream that goes on is in the list", IN_ORDER, async ({ expect }) => {
    const address = `${deployment.url}/v1/streams/${OTHER_STREAM}`;
    deployment.stays(openAudience(address, 2));
    await expect
      .poll(() => deployment.site.read(`/v1/rankings/live?category=${CATEGORY}`), PATIENCE)
      .toMatchObject({
        source: source.ranking,
        streams: expect.arrayContaining([
          expect.objectContaining({ stream: OTHER_STREAM, viewers: 2 }),
        ]),
      });
  });
};

const ENDED = { status: "ended", viewers: 0, peak: 3, total: 3 };

interface Ranking {
  readonly streams: readonly { readonly stream: string }[];
}
