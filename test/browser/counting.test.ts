import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually, onceOpened, openWorld, type World } from "./support/world.ts";

let world: World;

/** A machine that stops for a moment breaks it once, a service that is too slow each time. */
const PROMISE_IN_TIME = { retry: 2 };
let attempts = 0;

describe.skipIf(inject("chromium") === "")("a page that counts", () => {
  beforeAll(async () => {
    world = await openWorld();
    world.site.page("/elsewhere", "");
  });
  afterAll(() => world.close());

  test.concurrent(
    "an article that is opened and read has one view more within 5 s of its confirm",
    PROMISE_IN_TIME,
    async () => {
      attempts += 1;
      const content = `opened-${attempts}`;
      const visitor = await world.browser.newContext();
      const page = await visitor.newPage();
      await page.goto(world.article(content));

      await world.confirms(content, 1);

      await page.locator("#views", { hasText: /^1$/ }).waitFor({ timeout: 5_000 });
      await visitor.close();
    },
  );

  test.concurrent("reloading within 60 s counts nothing", async () => {
    const visitor = await world.browser.newContext();
    const page = await visitor.newPage();
    await page.goto(world.article("reloaded"));
    await world.confirms("reloaded", 1);

    await page.reload();
    await world.confirms("reloaded", 2);

    await world.expectViews("reloaded", 1);
    await visitor.close();
  });

  test.concurrent("another visitor counts", async () => {
    const url = world.article("two-visitors");
    const visitors = [await world.browser.newContext(), await world.browser.newContext()];
    for (const visitor of visitors) await (await visitor.newPage()).goto(url);
    await world.confirms("two-visitors", 2);

    await world.expectViews("two-visitors", 2);
    for (const visitor of visitors) await visitor.close();
  });

  test.concurrent("a page that is left before 3 s have passed counts nothing", async () => {
    const visitor = await world.browser.newContext();
    const page = await visitor.newPage();
    await page.addInitScript(onceOpened(`location.assign("/elsewhere")`));
    await page.goto(world.article("glimpsed"));

    await page.waitForURL("**/elsewhere");
    expect(world.heard("/v1/views", "glimpsed").length).toBe(1);

    await world.expectViews("glimpsed", 0);
    expect(world.heard("/v1/views/confirm", "glimpsed")).toEqual([]);
    await visitor.close();
  });

  test.concurrent("the view of somebody who was offline while reading counts once online", async () => {
    const visitor = await world.browser.newContext();
    const page = await visitor.newPage();
    await page.goto(world.article("in-a-tunnel"));
    await eventually(() => expect(world.heard("/v1/views", "in-a-tunnel").length).toBe(1));

    const failed = page.waitForEvent("requestfailed", (request) =>
      request.url().includes("confirm"),
    );
    await visitor.setOffline(true);
    await failed;
    await visitor.setOffline(false);

    await world.confirms("in-a-tunnel", 1);
    await world.expectViews("in-a-tunnel", 1);
    await visitor.close();
  });
});
