import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DIARY, makeStreams, PLACES, type Streams } from "./support/streams.ts";
import { openTab } from "./support/tab.ts";
import { ticketFor } from "./support/ticket.ts";
import { eventually, openWorld, type World } from "./support/world.ts";

let world: World;
let streams: Streams;

/** How soon a number has to be right when somebody leaves in good order, on a machine that does nothing else. */
const SOON_MS = 2_000;

/** A machine that stops for a moment breaks it once, a service that is too slow each time. */
const PROMISE_IN_TIME = { retry: 2 };
let attempts = 0;

const newVisitor = () => world.browser.newContext();

const open = async (url: string, visitor?: BrowserContext): Promise<Page> => {
  const page = await (visitor ?? (await newVisitor())).newPage();
  await page.goto(url);
  return page;
};

const shows = (page: Page, id: string, number: number, timeoutMs?: number) =>
  eventually(
    async () => expect(await page.locator(`#${id}`).textContent()).toBe(`${number}`),
    timeoutMs,
  );

describe.skipIf(inject("chromium") === "")("a page in a live stream", () => {
  beforeAll(async () => {
    world = await openWorld();
    streams = makeStreams(world);
    world.site.page("/elsewhere", "");
  });
  afterAll(() => world.close());

  test(
    "two tabs of one browser are one viewer, another browser is a second, and gone within 2 s of its end",
    PROMISE_IN_TIME,
    async () => {
      attempts += 1;
      const stream = `tabs-${attempts}`;
      const url = await streams.start(stream);
      const [one, two] = [await newVisitor(), await newVisitor()];
      const page = await open(url, one);
      await open(url, one);
      await eventually(() => expect(streams.sockets(stream)).toHaveLength(2));
      await streams.expectViewers(stream, 1);
      await shows(page, "live", 1);

      await open(url, two);
      await shows(page, "live", 2);
      expect((await streams.numbers(stream)).viewers).toBe(2);

      await two.close();
      await streams.expectViewers(stream, 1, SOON_MS);
      await shows(page, "live", 1);
      await shows(page, "peak", 2);
      await shows(page, "total", 2);
      await one.close();
    },
  );

  test.concurrent("who observes, has opted out or asks not to be tracked sees the numbers and is none of them", async () => {
    const url = await streams.start("observed");
    const counted = await open(url);
    await shows(counted, "live", 1);
    await streams.start("observed", { path: "observer", attributes: 'data-role="observer"' });
    await streams.start("observed", { path: "optout", attributes: "data-optout" });
    const signal = await newVisitor();
    await signal.addInitScript(`Object.defineProperty(navigator, "doNotTrack", { value: "1" })`);

    const observers = [
      await open(`${world.site.url}/observer`),
      await open(`${world.site.url}/optout`),
      await open(url, signal),
    ];
    for (const page of observers) await shows(page, "live", 1);
    expect((await streams.numbers("observed")).viewers).toBe(1);
    expect(
      streams.sockets("observed").filter((path) => path.includes("role=observer")),
    ).toHaveLength(3);
    for (const page of observers.slice(1))
      expect(await page.evaluate("localStorage.length")).toBe(0);

    await counted.context().close();
    for (const page of observers) await shows(page, "live", 0);
    for (const page of observers) await page.context().close();
  });

  test.concurrent("a tab that is killed is gone by itself", async () => {
    const page = await open(await streams.start("killed"));
    await streams.expectViewers("killed", 1);

    const session = await page.context().newCDPSession(page);
    session.send("Page.crash").catch(() => undefined);

    // Silent for 50 s: a minute, and what a busy machine adds to it.
    await streams.expectViewers("killed", 0, 120_000);
  });

  test.concurrent("a hidden tab whose timers stand still stays, since it answers when it is asked", async () => {
    const still = "<script>setInterval = () => 0;</script>";
    const tab = await openTab(
      world.browser,
      await streams.start("hidden", { head: still + DIARY }),
    );
    await streams.expectViewers("hidden", 1);
    const other = await openTab(world.browser, `${world.site.url}/elsewhere`);

    await eventually(
      async () => expect(await tab.title()).toContain("beat/hidden ping/hidden"),
      120_000,
    );

    expect((await streams.numbers("hidden")).viewers).toBe(1);
    expect(streams.sockets("hidden")).toHaveLength(1);
    for (const one of [other, tab]) await one.close();
  });

  test.concurrent("where no socket opens, heartbeats count the visitor, and once", async () => {
    const visitor = await newVisitor();
    world.gate.set("/v1/streams/blocked/live", "refuse");
    const url = await streams.start("blocked");
    const page = await open(url, visitor);
    await shows(page, "live", 1);
    const beats = world.gate.passages.filter(
      ({ path }) => path === "/v1/streams/blocked/heartbeat",
    );
    // On a slow machine the next one may be under way.
    expect(new Set(beats.map(({ status, mode }) => `${status} ${mode}`))).toEqual(
      new Set(["200 cors"]),
    );

    world.gate.set("/v1/streams/blocked/live", "open");
    const other = await open(url, visitor);
    await shows(other, "live", 1);
    expect((await streams.numbers("blocked")).viewers).toBe(1);
    await visitor.close();
  });

  test.concurrent("a stream that ends shows nobody, keeps its peak, and is not asked for again", async () => {
    const url = await streams.start("ended");
    const page = await open(url);
    await shows(page, "live", 1);

    await streams.end("ended");
    await shows(page, "live", 0);
    expect(await page.locator("#peak").textContent()).toBe("1");
    expect(await page.locator("#total").textContent()).toBe("1");
    const late = await open(url);
    await shows(late, "live", 0);
    await shows(late, "peak", 1);
    await page.evaluate("dispatchEvent(new Event('online'))");
    expect(streams.sockets("ended")).toHaveLength(2);
    for (const one of [page, late]) await one.context().close();
  });

  test.concurrent("a page in the back-forward cache views nothing, and is back when it is", async () => {
    const page = await open(await streams.start("cached"));
    await shows(page, "live", 1);
    await page.evaluate(
      "addEventListener('pageshow', (event) => { document.title = event.persisted; })",
    );

    await page.goto(`${world.site.url}/elsewhere`);
    await streams.expectViewers("cached", 0);
    await page.goBack({ waitUntil: "commit" });
    await streams.expectViewers("cached", 1);
    expect(await page.title()).toBe("true");
    await page.context().close();
  });

  test.concurrent("a page that moves to another stream leaves the one before, and shows nothing of it", async () => {
    await streams.start("second");
    const page = await open(await streams.start("first"));
    await shows(page, "live", 1);
    await open(`${world.site.url}/second`);
    await streams.expectViewers("second", 1);

    await page.evaluate("headcount.stream('second')");
    await shows(page, "live", 2);
    await streams.expectViewers("first", 0);

    await page.evaluate("headcount.stream()");
    await streams.expectViewers("second", 1);
    expect((await page.locator("#live").textContent())?.trim()).not.toMatch(/\d/);
    await page.context().close();
  });

  test.concurrent("a private stream lets in who has a ticket, asked for anew by each connection, and one user once", async () => {
    const url = await streams.start("private", { visibility: "private" });
    const visitors = [await newVisitor(), await newVisitor()];
    let asked = 0;
    for (const visitor of visitors) {
      await visitor.exposeFunction("headcountTicket", (stream: string) => {
        asked += 1;
        return ticketFor(stream, "ada");
      });
    }
    const pages: Page[] = [];
    for (const visitor of visitors) pages.push(await open(url, visitor));
    for (const page of pages) await shows(page, "live", 1);
    await pages[0]?.evaluate("dispatchEvent(new Event('offline'))");
    await eventually(() => expect(asked).toBe(3));
    expect(new Set(streams.sockets("private")).size).toBeGreaterThanOrEqual(1);
    expect((await streams.numbers("private")).viewers).toBe(1);

    const without = await open(url);
    await eventually(() => expect(streams.sockets("private")).toHaveLength(4));
    expect((await without.locator("#live").textContent())?.trim()).not.toMatch(/[1-9]/);
    for (const page of [...pages, without]) await page.context().close();
  });

  test.concurrent("a page without a stream loads nothing for it", async () => {
    const page = await open(world.article("no-stream"));
    await world.confirms("no-stream", 1);
    const loaded = await page.evaluate(
      "performance.getEntriesByType('resource').map((it) => it.name)",
    );

    expect(loaded).toContain(`${world.gate.url}/headcount.js`);
    expect(loaded).not.toContain(`${world.gate.url}/headcount-live.js`);
    await page.context().close();
  });

  test.concurrent("numbers are written in the page's language, and only where the page's stream is meant", async () => {
    await streams.start("written");
    const script = `<script defer src="${world.gate.url}/headcount.js" data-optout data-stream="written"></script>`;
    world.site.page(
      "/written",
      `${PLACES}<i data-headcount-live="written"></i><i data-headcount-live="another">as it was</i>${script}`,
    );
    const page = await open(`${world.site.url}/written`);
    await shows(page, "live", 0);
    expect(await page.locator("i").allTextContents()).toEqual(["0", "as it was"]);
    await page.context().close();
  });

  test.concurrent("the button of the demo brings 50 viewers, and takes them away", async () => {
    const visitor = await newVisitor();
    const page = await visitor.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.goto(`${world.url()}/demo/live`);
    await shows(page, "live", 1);

    await page.getByRole("button", { name: "Open 50 viewers" }).click();
    await shows(page, "live", 51);
    await page.locator("#ranking a[aria-current] b", { hasText: "51" }).waitFor();
    expect(await page.locator("#ranking a").count()).toBeGreaterThanOrEqual(3);
    await page.getByRole("button", { name: "Close them" }).click();
    await shows(page, "live", 1);
    await shows(page, "peak", 51);
    expect(errors).toEqual([]);
    await visitor.close();
  });
});
