import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openTab } from "./support/tab.ts";
import { eventually, onceOpened, openWorld, type World } from "./support/world.ts";

let world: World;

/** @param then what the page does as soon as its first view is open */
const open = async (url: string, then?: string): Promise<Page> => {
  const page = await (await world.browser.newContext()).newPage();
  if (then !== undefined) await page.addInitScript(onceOpened(then));
  await page.goto(url);
  return page;
};

const opened = (content: string) => world.heard("/v1/views", content).length;

const waitUntilOpened = (content: string, times: number) =>
  eventually(() => expect(opened(content)).toBe(times));

/** Leaves for another page and comes back by the back-forward cache. */
const leaveAndComeBack = async (page: Page): Promise<void> => {
  await page.evaluate(
    "addEventListener('pageshow', (event) => { document.title = 'persisted: ' + event.persisted; })",
  );
  await page.goto(`${world.site.url}/elsewhere`);
  await page.goBack({ waitUntil: "commit" });
  await eventually(async () => expect(await page.title()).toBe("persisted: true"));
};

/** The content the service made of the URL in the latest view opened with it. */
const contentOf = async (url: string): Promise<string> => {
  const find = () =>
    world.gate.passages.find(({ path, body }) => path === "/v1/views" && body.includes(`"${url}"`));
  await eventually(() => expect(find()).toBeDefined());
  return JSON.parse(find()?.answer ?? "{}").content;
};

describe.skipIf(inject("chromium") === "")("a page one comes back to, or never leaves", () => {
  beforeAll(async () => {
    world = await openWorld();
    world.site.page("/elsewhere", "");
  });
  afterAll(() => world.close());

  test.concurrent("coming back by the back-forward cache within 60 s opens a view that counts nothing", async () => {
    const page = await open(world.article("back-soon"));
    await world.confirms("back-soon", 1);

    await leaveAndComeBack(page);

    await world.confirms("back-soon", 2);
    expect(opened("back-soon")).toBe(2);
    await world.expectViews("back-soon", 1);
  });

  test.concurrent("a page left too early counts when it is read after coming back", async () => {
    const page = await open(world.article("back-to-read"));
    await waitUntilOpened("back-to-read", 1);

    await leaveAndComeBack(page);

    await world.confirms("back-to-read", 1);
    expect(opened("back-to-read")).toBe(2);
    await world.expectViews("back-to-read", 1);
  });

  test.concurrent("each route of a single-page application is a content of its own", async () => {
    const one = `${world.site.url}/routes/one`;
    const two = `${world.site.url}/routes/two`;
    world.site.page("/routes/one", `<script defer src="${world.gate.url}/headcount.js"></script>`);
    const page = await open(`${one}#part`);
    const first = await contentOf(one);
    await world.confirms(first, 1);

    await page.evaluate(`history.pushState({}, "", "/routes/two?utm_source=mail")`);
    const second = await contentOf(`${two}?utm_source=mail`);
    await world.confirms(second, 1);
    await page.evaluate(`history.replaceState({ scroll: 7 }, "")`);
    await page.goBack();
    await world.confirms(first, 2);

    expect(opened(second)).toBe(1);
    await world.expectViews(first, 1);
    await world.expectViews(second, 1);
  });

  test.concurrent("a route that is left within 3 s counts nothing", async () => {
    world.site.page("/hasty/one", `<script defer src="${world.gate.url}/headcount.js"></script>`);
    await open(`${world.site.url}/hasty/one`, `history.pushState({}, "", "/hasty/two")`);
    const first = await contentOf(`${world.site.url}/hasty/one`);
    const second = await contentOf(`${world.site.url}/hasty/two`);
    await world.confirms(second, 1);

    await world.expectViews(first, 0);
    await world.expectViews(second, 1);
  });

  test.concurrent("the canonical URL is what is viewed, and that of the route before is not", async () => {
    const head = `<link rel="canonical" href="/canonical/one">`;
    const script = `<script defer src="${world.gate.url}/headcount.js"></script>`;
    world.site.page("/canonical/alias", head + script);
    const page = await open(`${world.site.url}/canonical/alias`);
    await contentOf(`${world.site.url}/canonical/one`);

    await page.evaluate(`history.pushState({}, "", "/canonical/stale")`);
    await contentOf(`${world.site.url}/canonical/stale`);
    await page.evaluate(`
      history.pushState({}, "", "/canonical/three?page=1");
      document.querySelector("link[rel=canonical]")?.setAttribute("href", "/canonical/three");
    `);
    await contentOf(`${world.site.url}/canonical/three`);
  });

  test.concurrent("a page with an id of its own follows only what it is told", async () => {
    await open(
      world.article("told-one"),
      `history.pushState({}, "", "/told-two"); headcount.view("told-two");`,
    );

    await world.confirms("told-two", 1);
    expect(opened("told-two")).toBe(1);
    expect(opened("told-one")).toBe(1);
    await world.expectViews("told-one", 0);
  });

  test.concurrent("a hidden tab gathers no time, and goes on when it is seen again", async () => {
    const tab = await openTab(world.browser, world.article("hidden"));
    await waitUntilOpened("hidden", 1);
    const other = await openTab(world.browser, world.article("in-front"));
    await world.confirms("in-front", 1);
    expect(world.heard("/v1/views/confirm", "hidden")).toEqual([]);

    await tab.show();

    await world.confirms("hidden", 1);
    await other.close();
    await tab.close();
  });
});
