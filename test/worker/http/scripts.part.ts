import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";

const get = (path: string, headers: Record<string, string> = {}) =>
  exports.default.fetch(`https://headcount.test${path}`, { headers });

test.each(["/headcount.js", "/headcount-live.js", "/headcount.debug.js"])(
  "%s may be loaded by any page and kept for an hour",
  async (path) => {
    const answer = await get(path, { Origin: "https://a-site.example" });

    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=3600",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    });
    expect(await answer.text()).toContain("headcount");
  },
);

test("a script that has not changed is not sent again", async () => {
  const first = await get("/headcount.js");
  const tag = first.headers.get("ETag") ?? "";
  expect(tag).toMatch(/^"[0-9a-f]{40}"$/);

  const again = await get("/headcount.js", { "If-None-Match": tag });

  expect(again.status).toBe(304);
  expect(again.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(await again.text()).toBe("");
});

test("the demo is a list that counts nothing, and articles that do", async () => {
  const list = await (await get("/demo")).text();
  const articles = [...list.matchAll(/href="(\/demo\/(demo-[\w-]+))"/g)];
  expect(articles).toHaveLength(3);
  expect(list).toContain("data-optout");

  for (const [, path = "", id = ""] of articles) {
    const article = await (await get(path)).text();
    expect(article).toContain(`data-content="${id}"`);
    expect(article).not.toContain("{{");
  }
  expect((await get("/demo/constructor")).status).toBe(404);
});

test("the demo of live streams has a page for each, which counts, and none for others", async () => {
  const first = await (await get("/demo/live")).text();
  const streams = [...first.matchAll(/href="(\/demo\/live\/([\w-]+))"/g)];
  expect(streams).toHaveLength(3);

  for (const [, path = "", id = ""] of streams) {
    const page = await (await get(path)).text();
    expect(page).toContain(`data-stream="${id}" data-debug`);
    expect(page).not.toContain("data-optout");
    expect(page).not.toContain("{{");
  }
  expect((await get("/demo/live/another")).status).toBe(404);
  expect((await get("/demo/live.js")).headers.get("Content-Type")).toContain("text/javascript");
});
