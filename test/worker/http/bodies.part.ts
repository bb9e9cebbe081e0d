import { afterEach, describe, expect, test, vi } from "vitest";
import { BODY_TIMEOUT_MS, MAX_BATCH_BODY_BYTES, MAX_BODY_BYTES } from "../../../src/core/limits.ts";
import { registryWith } from "../live/support.ts";
import { BROWSER, confirm, makePost, mint, problemOf, refusalOf, send } from "../support/client.ts";
import { workerWith, workerWithServices } from "../support/compose.ts";
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

describe("a compressed body is refused, whatever it is", () => {
  const gzip = async (text: string): Promise<ArrayBuffer> =>
    new Response(
      new Response(text).body?.pipeThrough(new CompressionStream("gzip")) ?? null,
    ).arrayBuffer();

  test.each(["gzip", "GZIP", "br", "deflate", "zstd", "gzip, identity", "nonsense"])(
    "%s",
    async (encoding) => {
      const body = await gzip('{"content":"packed"}');
      const headers = { "Content-Encoding": encoding };
      const answer = await send(makePost("/v1/views", body, { headers }));
      expect(answer.headers.get("Accept-Encoding")).toBe("identity");
      expect(await refusalOf(answer)).toEqual([415, "unsupported-content-encoding"]);
    },
  );

  test("but for one that says it is not", async () => {
    const headers = { "Content-Encoding": "identity" };
    expect((await mint({ content: "unpacked" }, { headers })).status).toBe(202);
  });
});

describe("a body that does not arrive", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Holds back the one timer that is about bodies: those of objects in this runtime go on as they do. */
  const heldTimer = () => {
    const held = new Map<number, () => void>();
    const { setTimeout: start, clearTimeout: clear } = globalThis;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, ms: number) => {
      if (ms !== BODY_TIMEOUT_MS) return start(work, ms);
      held.set(-held.size - 1, work);
      return -held.size;
    }) as typeof setTimeout);
    vi.spyOn(globalThis, "clearTimeout").mockImplementation(((timer: number) => {
      if (!held.delete(timer)) clear(timer);
    }) as typeof clearTimeout);
    return held;
  };

  /** Begins, and is never finished. */
  const unfinished = (path: string, pieces: readonly string[]) => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      },
      cancel() {
        cancelled = true;
      },
    });
    return { request: makePost(path, body), wasCancelled: () => cancelled };
  };

  test.each([
    ["/v1/views", []],
    ["/v1/views", ['{"content":']],
    ["/v1/views/confirm", ['{"tok', 'en":"']],
    ["/v1/receipts", ["{"]],
  ] as const)("is given up after 10 s, and no sooner: %s %j", async (path, pieces) => {
    const held = heldTimer();
    const { request, wasCancelled } = unfinished(path, pieces);
    const answering = workerWith({})(request);
    await expect.poll(() => held.size).toBe(1);
    expect(await Promise.race([answering, Promise.resolve("none yet")])).toBe("none yet");
    for (const elapse of held.values()) elapse();
    expect(await refusalOf(await answering)).toEqual([408, "body-too-slow"]);
    expect(wasCancelled()).toBe(true);
  });

  test("leaves no timer behind when it does arrive", async () => {
    const held = heldTimer();
    const answer = await workerWith({})(makePost("/v1/views", "{"));
    expect(await refusalOf(answer)).toEqual([400, "malformed-json"]);
    expect(held.size).toBe(0);
  });
});

test.each([[[]], [['{"content":']]])(
  "a body that breaks off after %j is the client's failure",
  async (pieces) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      },
      pull: () => Promise.reject(new Error("chunks that are none")),
    });
    const answer = await workerWith({})(makePost("/v1/views", body));
    expect(await refusalOf(answer)).toEqual([400, "malformed-json"]);
  },
);

describe("bytes that are no UTF-8 are no JSON", () => {
  const quoted = (...bytes: readonly number[]): Uint8Array =>
    Uint8Array.from([...new TextEncoder().encode('{"title":"'), ...bytes, 0x22, 0x7d]);

  test.each([
    ["a byte of another encoding", quoted(0xe4)],
    ["half of a character", quoted(0xc3)],
    ["half of a surrogate pair", quoted(0xed, 0xa0, 0x80)],
    ["more bytes than a character needs", quoted(0xc0, 0xaf)],
    ["UTF-16", Uint8Array.from([..."{}"].flatMap((letter) => [letter.charCodeAt(0), 0]))],
  ])("%s", async (_, body) => {
    expect(await refusalOf(await send(makePost("/v1/views", body)))).toEqual([
      400,
      "malformed-json",
    ]);
  });

  test("a mark of the byte order before it is none of it", async () => {
    const answer = await send(makePost("/v1/views", '\uFEFF{"content":"marked"}'));
    expect(answer.status).toBe(202);
  });

  test.each(["text/plain; charset=utf-16", "application/json;charset=iso-8859-1"])(
    "and what says so is not read: %s",
    async (type) => {
      const answer = await send(makePost("/v1/views", "{}", { headers: { "Content-Type": type } }));
      expect(await refusalOf(answer)).toEqual([415, "unsupported-media-type"]);
    },
  );
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "x".repeat(3_000)])(
  "a field that objects have of their own is unknown all the same, and said in few words: %s",
  async (name) => {
    const answer = await send(makePost("/v1/views", `{"content":"a","${name}":{"client":"b"}}`));
    const { code, detail = "" } = await problemOf(answer);
    expect(code).toBe("invalid-request");
    expect(detail.length).toBeLessThanOrEqual(300);
  },
);

test("a body nested as deep as it is long is refused like any other", async () => {
  const deep = `{"content":${"[".repeat(2_000)}${"]".repeat(2_000)}}`;
  expect(await refusalOf(await send(makePost("/v1/views", deep)))).toEqual([
    400,
    "invalid-request",
  ]);
});

test("of a user agent no more is looked at than tells that it is too long", async () => {
  const seen: (string | undefined)[] = [];
  const worker = workerWithServices((services) => ({
    ...services,
    arrive: {
      ...services.arrive,
      registry: registryWith({ watched: {} }),
    },
    rooms: {
      ...services.rooms,
      heartbeat: (_, { identity }) => {
        seen.push(identity.split("\n").at(-1));
        return Promise.reject(new Error("no room here"));
      },
    },
  }));
  const headers = { "User-Agent": `${BROWSER} ${"x".repeat(100_000)}` };
  await worker(makePost("/v1/streams/watched/heartbeat", "{}", { headers }));
  expect(seen.map((text) => text?.length)).toEqual([1_025]);
  const minted = await mint({ content: "long-agent" }, { headers });
  expect(minted.headers.get("X-Headcount-Dropped")).toBe("bot");
});
