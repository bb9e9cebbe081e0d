/** Seconds in the suite, minutes by `npm run prove -- hidden-tab`. */
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DIARY, makeStreams, type Streams } from "./support/streams.ts";
import { openTab } from "./support/tab.ts";
import { openWorld, type World } from "./support/world.ts";

const HIDDEN_MS = Number(process.env.HIDDEN_TAB_SECONDS ?? 5) * 1_000;

/** The browser as it comes: Playwright's flags would keep the timers of hidden tabs at full speed. */
const THROTTLED = {
  leftOut: ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"],
  // once a minute, as otherwise after five minutes
  added: ["--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1"],
};

let world: World;
let streams: Streams;

describe.skipIf(inject("chromium") === "")("a tab that is hidden for long", () => {
  beforeAll(async () => {
    world = await openWorld({ flags: THROTTLED });
    streams = makeStreams(world);
    world.site.page("/elsewhere", "");
  });
  afterAll(() => world.close());

  test(
    "is a viewer all the time, on one socket, while the browser slows its timers",
    async () => {
      const tab = await openTab(world.browser, await streams.start("throttled", { head: DIARY }));
      await streams.expectViewers("throttled", 1);
      await openTab(world.browser, `${world.site.url}/elsewhere`);

      const until = Date.now() + HIDDEN_MS;
      while (Date.now() < until) {
        expect((await streams.numbers("throttled")).viewers).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }

      console.log(`what it was asked and answered: ${await tab.title()}`);
      expect(streams.sockets("throttled")).toHaveLength(1);
    },
    HIDDEN_MS + 60_000,
  );
});
