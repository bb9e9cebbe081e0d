import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually, openWorld, type World } from "./support/world.ts";

let world: World;

const open = async (url: string, visitor?: BrowserContext): Promise<Page> => {
  const page = await (visitor ?? (await world.browser.newContext())).newPage();
  await page.goto(url);
  return page;
};

/** The service tells these views of everything. */
const tell = (views: number): void =>
  world.gate.rewrite("/v1/counts", (answer) => {
    const { counts } = JSON.parse(answer) as { readonly counts: readonly object[] };
    return JSON.stringify({ counts: counts.map((count) => ({ ...count, views })) });
  });

const PLACES = `[...document.querySelectorAll("b, #below, #bottom")].map((it) => {
  const { x, y } = it.getBoundingClientRect();
  return { x, y };
})`;

const refresh = (page: Page) => page.evaluate("headcount.refresh()");
const shown = (page: Page) => page.locator("#views").textContent();

describe.skipIf(inject("chromium") === "")("the SDK, its page and its reader", () => {
  beforeAll(async () => {
    world = await openWorld();
  });
  afterEach(() => {
    world.gate.rewrite("/v1/counts", undefined);
    world.gate.set("/v1/counts", "open");
  });
  afterAll(() => world.close());

  test("who opts out, or is opted out, counts nothing and still sees numbers", async () => {
    const pages: Page[] = [];
    pages.push(await open(world.article("opted-out", 'data-content="opted-out" data-optout')));
    for (const [signal, value] of Object.entries({
      doNotTrack: '"1"',
      globalPrivacyControl: "true",
    })) {
      const visitor = await world.browser.newContext();
      await visitor.addInitScript(
        `Object.defineProperty(navigator, "${signal}", { value: ${value} })`,
      );
      pages.push(await open(world.article(signal), visitor));
    }
    const counted = await open(world.article("opted-in"));
    await world.confirms("opted-in", 1);

    for (const page of pages) {
      await eventually(async () => expect(await shown(page)).toBe("0"));
      expect(await page.evaluate("localStorage.length")).toBe(0);
    }
    for (const content of ["opted-out", "doNotTrack", "globalPrivacyControl"]) {
      expect(world.heard("/v1/views", content)).toEqual([]);
    }
    expect(await counted.evaluate("localStorage.length")).toBe(1);
  });

  test("neither opening nor confirming nor leaving needs a preflight", async () => {
    const content = "no-preflight";
    const confirm = "/v1/views/confirm";
    world.gate.set(confirm, "lose-answer");
    const page = await open(world.article(content));
    expect(new URL(page.url()).origin).not.toBe(world.gate.url);
    await eventually(() => expect(world.heard(confirm, content).length).toBeGreaterThan(0));
    world.gate.set(confirm, "open");
    await page.close();
    await world.confirms(content, 1);

    const sent = [...world.heard("/v1/views", content), ...world.heard(confirm, content)];
    expect(new Set(sent.map(({ mode }) => mode))).toEqual(new Set(["cors", "no-cors"]));
    expect(new Set(sent.map(({ contentType }) => contentType))).toEqual(
      new Set(["text/plain;charset=UTF-8"]),
    );
    expect(world.gate.passages.filter(({ method }) => method === "OPTIONS")).toEqual([]);
  });

  test("a site that wants nothing stored has nothing stored", async () => {
    const page = await open(
      world.article("nothing-stored", 'data-content="nothing-stored" data-client=""'),
    );
    await world.confirms("nothing-stored", 1);

    expect(await page.evaluate("localStorage.length")).toBe(0);
    expect(world.heard("/v1/views", "nothing-stored")[0]?.body).toBe(
      '{"content":"nothing-stored"}',
    );
  });

  test("a page that may store nothing counts all the same", async () => {
    const visitor = await world.browser.newContext();
    await visitor.addInitScript(
      `Object.defineProperty(window, "localStorage", { get() { throw new Error("denied"); } })`,
    );
    await open(world.article("storage-denied"), visitor);
    await world.confirms("storage-denied", 1);

    expect(world.heard("/v1/views", "storage-denied")[0]?.body).toBe(
      '{"content":"storage-denied"}',
    );
  });

  test("a number is never replaced by a smaller one", async () => {
    tell(12);
    const page = await open(world.article("never-smaller"));
    await page.locator("#views", { hasText: /^12$/ }).waitFor();

    tell(7);
    await refresh(page);
    expect(await shown(page)).toBe("12");
    tell(13);
    await refresh(page);
    expect(await shown(page)).toBe("13");
  });

  test("numbers are written as the page's language has them, in full or compact", async () => {
    tell(1_234_567);
    const script = `<script defer src="${world.gate.url}/headcount.js" data-content="many"></script>`;
    world.site.page(
      "/languages",
      `<i data-headcount-views="many"></i> <i data-headcount-views lang="de"></i>
       <i data-headcount-views data-headcount-format="compact"></i>
       <i data-headcount-views data-headcount-format="compact" lang="ja"></i>
       <i data-headcount-views lang="no_language"></i>${script}`,
    );
    const page = await open(`${world.site.url}/languages`);
    await page.locator("i", { hasText: "1.234.567" }).waitFor();

    expect(await page.locator("i").allTextContents()).toEqual([
      ...["1,234,567", "1.234.567", "1.2M", "123万", "1234567"],
    ]);
  });

  test("nothing moves when a number arrives", async () => {
    world.gate.set("/v1/counts", "refuse");
    world.site.page(
      "/still",
      `<p><i data-headcount-views="still" data-headcount-format="compact"></i><b>views</b></p><p id="below">Below</p>
       <div data-headcount-views="still" data-headcount-format="compact"></div><p id="bottom">Bottom</p>
       <script defer src="${world.gate.url}/headcount.js" data-content="still"></script>`,
    );
    const page = await open(`${world.site.url}/still`);
    const places = () => page.evaluate(PLACES);
    await eventually(async () =>
      expect(await page.locator("i").getAttribute("style")).not.toBeNull(),
    );
    const before = await places();

    world.gate.set("/v1/counts", "open");
    tell(1_200);
    await refresh(page);

    expect(await page.locator("i").textContent()).toBe("1.2K");
    expect(await places()).toEqual(before);
  });

  test("a list of 150 numbers is read in two requests, whatever else is in it", async () => {
    const items = Array.from({ length: 150 }, (_, i) => `<i data-headcount-views="item-${i}"></i>`);
    const script = `<script defer src="${world.gate.url}/headcount.js" data-optout></script>`;
    world.site.page("/list", `${items.join("")}<i data-headcount-views="not an id"></i>${script}`);
    const page = await open(`${world.site.url}/list`);
    await page.locator("i", { hasText: "0" }).nth(149).waitFor();

    const reads = world.gate.passages.filter(({ path }) => path.includes("item-"));
    expect(reads.map(({ status }) => status)).toEqual([200, 200]);
  });
});
