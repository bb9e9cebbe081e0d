/** One at a time: each of them does something to the service, or to the way there. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startOwnService } from "./support/service.ts";
import { makeStreams, type Streams } from "./support/streams.ts";
import { eventually, openWorld, type World } from "./support/world.ts";

const CONFIRM = "/v1/views/confirm";
const TOKEN_LIFE_MS = 600_000;

let world: World;

const open = async (url: string): Promise<Page> => {
  const page = await (await world.browser.newContext()).newPage();
  await page.clock.install();
  await page.goto(url);
  return page;
};

const answers = (path: string, content: string) =>
  world.heard(path, content).map(({ status }) => status);

/** The next view that is opened gets a token of this content that was made so long ago. */
const openWithTokenOf = async (content: string, agoMs: number): Promise<void> => {
  const token = await world.tokenOf(content, agoMs);
  world.gate.rewrite("/v1/views", (answer) => {
    world.gate.rewrite("/v1/views", undefined);
    return JSON.stringify({ ...JSON.parse(answer), token });
  });
};

describe.skipIf(inject("chromium") === "")("a page that counts in spite of trouble", () => {
  beforeAll(async () => {
    world = await openWorld({ service: await startOwnService() });
  });
  afterAll(() => world.close());

  test("a tab that is closed before its confirm is answered counts by its beacon", async () => {
    world.gate.set(CONFIRM, "refuse");
    const page = await open(world.article("closed"));
    await eventually(() => expect(answers(CONFIRM, "closed")).toContain(0));
    world.gate.set(CONFIRM, "open");

    await page.close();

    await eventually(() =>
      expect(world.heard(CONFIRM, "closed")).toContainEqual(
        expect.objectContaining({ status: 202, mode: "no-cors" }),
      ),
    );
    await world.expectViews("closed", 1);
  });

  test("a confirm whose answer was lost is sent again with the same token, and counts once", async () => {
    world.gate.set(CONFIRM, "lose-answer");
    const page = await open(world.article("lost-answer"));
    await eventually(() => expect(answers(CONFIRM, "lost-answer")).toContain(0));
    world.gate.set(CONFIRM, "open");

    await page.evaluate("dispatchEvent(new Event('online'))");

    await world.confirms("lost-answer", 1);
    expect(world.heard("/v1/views", "lost-answer")).toHaveLength(1);
    await world.expectViews("lost-answer", 1);
  });

  describe("kill -9 of the service and a restart, with pages open", () => {
    let unanswered: Page;
    let streams: Streams;
    let socketsBefore: number;

    beforeAll(async () => {
      streams = makeStreams(world);
      const watching = await (await world.browser.newContext()).newPage();
      await watching.goto(await streams.start("restarted"));
      await streams.expectViewers("restarted", 1);
      socketsBefore = streams.sockets("restarted").length;

      await open(world.article("killed"));
      await world.confirms("killed", 1);

      world.gate.set(CONFIRM, "refuse");
      unanswered = await open(world.article("killed-early"));
      await eventually(() => expect(answers(CONFIRM, "killed-early")).toContain(0));
      await world.killAndRestart();
      world.gate.set(CONFIRM, "open");
    });

    test("what was confirmed is there after kill -9 of the service and a restart", async () => {
      // What was confirmed just before the kill is folded up to some seconds after the restart.
      await world.untilViews("killed", 1);
      // A reader who counted would have the page go from one number to the next but one.
      const later = await open(world.article("killed", 'data-content="killed" data-optout'));
      await eventually(async () => {
        // The service may have remembered what it told the page before it had folded.
        await later.evaluate("headcount.refresh()");
        expect(await later.locator("#views").textContent()).toBe("1");
      });
      await world.expectViews("killed", 1);
    });

    test("a service that is killed before it answers gets the view when it is back", async () => {
      await unanswered.evaluate("dispatchEvent(new Event('online'))");

      await world.confirms("killed-early", 1);
      await world.expectViews("killed-early", 1);
    });

    test("pages in a stream come back when the service does, after kill -9", async () => {
      await eventually(() =>
        expect(streams.sockets("restarted").length).toBeGreaterThan(socketsBefore),
      );
      await streams.expectViewers("restarted", 1, 120_000);
    });
  });

  test("a laptop that slept 15 minutes after its confirm opens no second view", async () => {
    const page = await open(world.article("slept-after"));
    await world.confirms("slept-after", 1);

    await page.clock.fastForward("15:00");
    await page.evaluate("dispatchEvent(new Event('online'))");
    await page.evaluate("headcount.refresh()");

    expect(world.heard("/v1/views", "slept-after")).toHaveLength(1);
    await world.expectViews("slept-after", 1);
  });

  test("a laptop that slept before it heard that its confirm had arrived is not counted twice", async () => {
    // Long enough for a slow browser to open the page, which then believes that three seconds have passed.
    const lastsMs = 15_000;
    await openWithTokenOf("slept-between", TOKEN_LIFE_MS - lastsMs);
    const expiresAt = Date.now() + lastsMs;
    world.gate.set(CONFIRM, "lose-answer");
    const page = await open(world.article("slept-between"));
    await eventually(() => expect(world.heard("/v1/views", "slept-between")).toHaveLength(1));
    await page.clock.fastForward("00:03");
    await eventually(() => expect(answers(CONFIRM, "slept-between")).toContain(0));
    world.gate.set(CONFIRM, "open");

    await page.clock.fastForward("15:00");
    await eventually(() => expect(Date.now()).toBeGreaterThan(expiresAt));
    await page.evaluate("dispatchEvent(new Event('online'))");

    await eventually(() => expect(answers(CONFIRM, "slept-between")).toContain(410));
    await page.evaluate("headcount.refresh()");
    expect(world.heard("/v1/views", "slept-between")).toHaveLength(1);
    await world.expectViews("slept-between", 1);
  });

  test("a laptop that slept before it confirmed opens a new view, which counts", async () => {
    await openWithTokenOf("slept-before", 15 * 60_000);
    const page = await open(world.article("slept-before"));

    await world.confirms("slept-before", 1);

    expect(answers(CONFIRM, "slept-before")).toEqual([410, 202]);
    expect(answers("/v1/views", "slept-before")).toEqual([202, 202]);
    await world.expectViews("slept-before", 1);
    await page.close();
  });
});
