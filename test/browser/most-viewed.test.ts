import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startOwnService } from "./support/service.ts";
import { eventually, openWorld, type World } from "./support/world.ts";

let world: World;

const open = async (path: string): Promise<Page> => {
  const page = await (await world.browser.newContext()).newPage();
  await page.goto(`${world.url()}${path}`);
  return page;
};

/** Where each line leads, what it says and its number. */
const LINES = `[...document.querySelectorAll("#most-viewed a")].map((link) => [
  link.getAttribute("href"), link.querySelector("span").textContent, link.querySelector("b").textContent,
])`;

describe.skipIf(inject("chromium") === "")("the demo's list of what is viewed most now", () => {
  beforeAll(async () => {
    // One that nobody has viewed anything at.
    world = await openWorld({ service: await startOwnService() });
  });
  afterAll(() => world.close());

  test("is not there before anything is viewed, and then has the most viewed first, without a reload", async () => {
    const demo = await open("/demo");
    const errors: string[] = [];
    demo.on("pageerror", ({ message }) => errors.push(message));
    await demo.waitForResponse((answer) => answer.url().includes("/v1/rankings/views"));
    expect(await demo.getByText("Most viewed now").isVisible()).toBe(false);

    for (const article of ["demo-starlings", "demo-lighthouse", "demo-starlings"]) {
      await open(`/demo/${article}`);
    }
    const titles = await demo.locator(".list h2").allTextContents();
    const titleOf = (text: string) => titles.find((title) => title.toLowerCase().includes(text));
    await eventually(async () =>
      expect(await demo.evaluate(LINES)).toEqual([
        ["/demo/demo-starlings", titleOf("starling"), "2"],
        ["/demo/demo-lighthouse", titleOf("light"), "1"],
      ]),
    );
    expect(await demo.getByText("Most viewed now").isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });
});
