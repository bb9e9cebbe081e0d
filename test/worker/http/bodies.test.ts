import { describe, expect, test } from "vitest";
import { MAX_BATCH_BODY_BYTES, MAX_BODY_BYTES } from "../../../src/core/limits.ts";
import { confirm, makePost, mint, problemOf, refusalOf, send } from "../support/client.ts";
import { makeToken } from "../support/events.ts";

const ROUTES = [
  { path: "/v1/views", maxBytes: MAX_BODY_BYTES },
  { path: "/v1/views/confirm", maxBytes: MAX_BATCH_BODY_BYTES },
];

/** A body without a declared length. */
const streamed = (bytes: number): ReadableStream<Uint8Array> => {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const chunk = new TextEncoder().encode(" ".repeat(Math.min(left, 1_024)));
      left -= chunk.length;
      if (chunk.length === 0) controller.close();
      else controller.enqueue(chunk);
    },
  });
};

describe.each(ROUTES)("$path", ({ path, maxBytes }) => {
  test.each(["", "{", '{"content":', "nonsense", '{"content":"a"} x', "\u0000"])(
    "answers 400 to %j, which is no JSON",
    async (body) => {
      expect(await refusalOf(await send(makePost(path, body)))).toEqual([400, "malformed-json"]);
    },
  );

  test.each(["null", "[]", "7", '"text"', "true", "{}"])(
    "answers 400 to %s, which is JSON of another shape",
    async (body) => {
      expect(await refusalOf(await send(makePost(path, body)))).toEqual([400, "invalid-request"]);
    },
  );

  test("takes no body above its limit, declared", async () => {
    const answer = await send(makePost(path, " ".repeat(maxBytes + 1)));
    expect(await problemOf(answer)).toMatchObject({
      status: 413,
      code: "body-too-large",
      maxBytes,
    });
  });

  test("takes no body above its limit, streamed without a length", async () => {
    const answer = await send(makePost(path, streamed(maxBytes + 1)));
    expect(await refusalOf(answer)).toEqual([413, "body-too-large"]);
  });

  test("reads a streamed body to its end when it is within the limit", async () => {
    const answer = await send(makePost(path, streamed(maxBytes)));
    expect(await refusalOf(answer)).toEqual([400, "malformed-json"]);
  });

  test.each([
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/html",
    "",
  ])("answers 415 to the media type %j", async (type) => {
    const answer = await send(makePost(path, "{}", { headers: { "Content-Type": type } }));
    expect(await refusalOf(answer)).toEqual([415, "unsupported-media-type"]);
  });
});

test.each([
  "text/plain",
  "text/plain;charset=UTF-8",
  "Text/Plain",
  "application/json; charset=utf-8",
])("a view is opened and confirmed as %s", async (type) => {
  const headers = { "Content-Type": type };
  expect((await mint({ content: "as-text" }, { headers })).status).toBe(202);
  const token = await makeToken({ content: "as-text" });
  expect((await confirm({ token }, { headers })).status).toBe(202);
});

const PAGE = "https://site.example/page";

test.each([
  ["an id that is too long", { content: "x".repeat(65) }],
  ["an empty id", { content: "" }],
  ["an id with a space", { content: "a b" }],
  ["an id with a slash", { content: "a/b" }],
  ["an id with a line feed at its end", { content: "a\n" }],
  ["an id that is not ASCII", { content: "ä" }],
  ["a number for an id", { content: 7 }],
  ["null for an id", { content: null }],
  ["a list for an id", { content: ["a"] }],
  ["a client outside the pattern", { content: "a", client: "x y" }],
  ["a client that is no text", { content: "a", client: { id: "x" } }],
  ["both content and url", { content: "a", url: PAGE }],
  ["neither content nor url", { client: "a" }],
  ["a field that is not known", { content: "a", contents: "b" }],
  ["a url that is relative", { url: "/page" }],
  ["a url that no page has", { url: "javascript:alert(1)" }],
  ["a url of a file", { url: "file:///etc/passwd" }],
  ["a url that is too long", { url: `${PAGE}?q=${"x".repeat(2_048)}` }],
])("no view is opened for %s", async (_, body) => {
  expect(await refusalOf(await mint(body))).toEqual([400, "invalid-request"]);
});

test.each([
  ["a token that is no text", { token: 7 }],
  ["an empty token", { token: "" }],
  ["an empty list of tokens", { tokens: [] }],
  ["more than 50 tokens", { tokens: Array.from({ length: 51 }, () => "v1.k2.AA.AA") }],
  ["tokens that are no list", { tokens: "v1.k2.AA.AA" }],
  ["a list with something else in it", { tokens: ["v1.k2.AA.AA", null] }],
  ["both token and tokens", { token: "v1.k2.AA.AA", tokens: ["v1.k2.AA.AA"] }],
  ["a field that is not known", { token: "v1.k2.AA.AA", tokn: "x" }],
  ["a page with a field that is not known", { token: "v1.k2.AA.AA", page: { name: "x" } }],
  ["a page whose title is too long", { token: "v1.k2.AA.AA", page: { title: "x".repeat(301) } }],
  ["a page whose url is none", { token: "v1.k2.AA.AA", page: { url: "nowhere" } }],
])("nothing is confirmed for %s", async (_, body) => {
  expect(await refusalOf(await confirm(body))).toEqual([400, "invalid-request"]);
});

test("a page beside the token does not stand in the way of its view", async () => {
  const token = await makeToken({ content: "with-page" });
  const page = { title: "x".repeat(300), url: PAGE };
  expect((await confirm({ token, page })).status).toBe(202);
});

test("pages are told apart by their URL, however they were reached", async () => {
  const contentOf = async (url: string): Promise<string> =>
    (await (await mint({ url })).json<{ content: string }>()).content;
  const plain = await contentOf(PAGE);
  expect(plain).toMatch(/^u_[A-Za-z0-9_-]{22}$/);
  expect(await contentOf(`${PAGE}?utm_source=mail&fbclid=x#comments`)).toBe(plain);
  expect(await contentOf(`${PAGE}?id=2`)).not.toBe(plain);
});
