import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { put } from "../support/admin.ts";
import { brokenD1, fail } from "../support/broken.ts";
import { confirm, makePost, refusalOf } from "../support/client.ts";
import { workerWith, workerWithServices } from "../support/compose.ts";
import { id, makeToken } from "../support/events.ts";
import { collectorAt, drain } from "../support/objects.ts";

const { contents } = d1Database(env.DB);

const mintRequest = (content: string) => makePost("/v1/views", JSON.stringify({ content }));

describe("with CONTENTS=registered", () => {
  test("a content nobody registered is refused, and one that is is opened", async () => {
    const worker = workerWith({ CONTENTS: "registered" });
    expect(await refusalOf(await worker(mintRequest("stranger")))).toEqual([
      404,
      "unknown-content",
    ]);
    await put("contents/registered-one", { title: "One" });
    expect((await worker(mintRequest("registered-one"))).status).toBe(202);
  });

  test("a page introduces nothing", async () => {
    const worker = workerWith({ CONTENTS: "registered" });
    const token = await makeToken({ content: "closed-shop" });
    const body = JSON.stringify({ token, page: { title: "Mine" } });
    expect((await worker(makePost("/v1/views/confirm?wait=10", body))).status).toBe(202);
    expect(await contents.content(id("closed-shop"))).toBeUndefined();
  });

  test("while the database is away a content that was counted is opened, and of another it cannot be said", async () => {
    const token = await makeToken({ content: "counted-before" });
    expect((await confirm({ token }, { cf: { colo: "RGC" } })).status).toBe(202);
    await drain(collectorAt("RGC"));
    const worker = workerWith({ CONTENTS: "registered", DB: brokenD1 });
    expect((await worker(mintRequest("counted-before"))).status).toBe(202);
    expect(await refusalOf(await worker(mintRequest("never-counted")))).toEqual([
      503,
      "registry-unavailable",
    ]);
  });

  test("a registry that does not answer is 503, not an open door", async () => {
    const worker = workerWithServices((services) => ({
      ...services,
      mint: { ...services.mint, admission: { admits: fail } },
    }));
    const answer = await worker(mintRequest("whoever"));
    expect(answer.headers.get("Retry-After")).toBe("2");
    expect(await refusalOf(answer)).toEqual([503, "registry-unavailable"]);
  });
});

describe("with CONTENTS=open, a page introduces itself with its confirm", () => {
  const say = async (content: string, page: object, headers = {}, parts = {}) => {
    const token = await makeToken({ content, ...parts });
    const answer = await confirm({ token, page }, { headers });
    expect(answer.status).toBe(202);
  };
  /** The write follows the answer. */
  const titleOf = async (content: string) => (await contents.content(id(content)))?.title;

  test("title and URL are saved, and a later page changes nothing", async () => {
    await say("self-made", { title: "First", url: "https://a.example/1" });
    await expect.poll(() => titleOf("self-made")).toBe("First");
    const again = workerWith({});
    const token = await makeToken({ content: "self-made" });
    await again(
      makePost("/v1/views/confirm?wait=10", JSON.stringify({ token, page: { title: "Second" } })),
    );
    expect(await contents.content(id("self-made"))).toMatchObject({
      title: "First",
      url: "https://a.example/1",
    });
  });

  test("a title that was cut within a character, or steers a terminal, is mended, and its view counts", async () => {
    await say("mended", {
      title: "Half \ud83d and \u001b[31m red\u0000",
      url: "https://a.example/",
    });
    await expect.poll(() => titleOf("mended")).toBe("Half   and  [31m red");
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://a.example/\u0000",
  ])("a page at %j says nothing of itself, and its view counts", async (url) => {
    const content = `nowhere-${url.length}`;
    await say(content, { title: "Click me", url });
    await say(`after-${content}`, { title: "Later" });
    await expect.poll(() => titleOf(`after-${content}`)).toBe("Later");
    expect(await titleOf(content)).toBeUndefined();
  });

  test("a bot's page is not believed", async () => {
    await say("botted", { title: "Buy" }, {}, { verdict: "bot" });
    await say("after-botted", { title: "Later" });
    await expect.poll(() => titleOf("after-botted")).toBe("Later");
    expect(await titleOf("botted")).toBeUndefined();
  });

  test("a page of another origin than those listed is not believed, by its URL or by its header", async () => {
    const worker = workerWith({ ALLOWED_ORIGINS: "https://a.example" });
    const tell = async (content: string, page: object, origin?: string) => {
      const body = JSON.stringify({ token: await makeToken({ content }), page });
      const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
      expect((await worker(makePost("/v1/views/confirm?wait=10", body, { headers }))).status).toBe(
        202,
      );
    };
    await tell("by-url", { title: "Theirs", url: "https://b.example/" }, "https://a.example");
    await tell("by-nothing", { title: "Whose?" });
    await tell("ours", { title: "Ours", url: "https://a.example/x" }, "https://a.example");
    await expect.poll(() => titleOf("ours")).toBe("Ours");
    expect(await titleOf("by-url")).toBeUndefined();
    expect(await titleOf("by-nothing")).toBeUndefined();
  });
});
