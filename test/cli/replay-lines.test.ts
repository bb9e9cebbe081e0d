/** Lines of access logs as servers write them, and as they should not be. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { lineIds } from "../../cli/replay/line-ids.ts";
import { linesOf, openLog } from "../../cli/replay/lines.ts";
import { LocalFold } from "../../cli/replay/local-fold.ts";
import { parseLogLine } from "../../cli/replay/log-line.ts";
import { type PageRules, pageFinder } from "../../cli/replay/page-rules.ts";
import { type ContentId, contentId } from "../../src/core/ids.ts";
import { parseEventId } from "../../src/protocol/hex.ts";

const AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const AT = Date.UTC(2026, 10, 20, 10, 5, 3);
const HEAD = "198.51.100.7 - - [20/Nov/2026:10:05:03 +0000]";
const SOUND = `${HEAD} "GET /a HTTP/1.1" 200 12 "-" "${AGENT}"`;

const idOf = (text: string): ContentId => {
  const id = contentId(text);
  if (id === undefined) throw new Error(`"${text}" is no id`);
  return id;
};

describe("a line in the combined format", () => {
  test("says when, who, what and how it ended", () => {
    expect(parseLogLine(SOUND)).toEqual({
      ...{ at: AT, address: "198.51.100.7", method: "GET", target: "/a", status: 200 },
      ...{ userAgent: AGENT, purpose: undefined },
    });
  });

  test.each([
    ["of an IPv6 address", "2001:db8::7", SOUND.replace("198.51.100.7", "2001:db8::7")],
    ["of a user with a blank", "198.51.100.7", SOUND.replace("- -", "- john doe")],
    ["of a user in brackets", "198.51.100.7", SOUND.replace("- -", "- [x]")],
    ["without a size", "198.51.100.7", SOUND.replace(" 12 ", " - ")],
    ["with more behind it", "198.51.100.7", `${SOUND} "203.0.113.9" 0.004 "x`],
  ])("%s is one", (_, address, line) => {
    expect(parseLogLine(line)).toMatchObject({ address, at: AT, target: "/a", userAgent: AGENT });
  });

  test.each([
    ["+0200", -2],
    ["-0330", 3.5],
    ["+0000", 0],
  ])("in the zone %s is of that time", (zone, hours) => {
    const { at } = parseLogLine(SOUND.replace("+0000", zone)) ?? {};
    expect(at).toBe(AT + hours * 3_600_000);
  });

  test.each([
    [String.raw`a \"b\" c`, 'a "b" c'],
    [String.raw`a \x22b\x22 c`, 'a "b" c'],
    [String.raw`back\\slash`, String.raw`back\slash`],
    [String.raw`tab\tand \xc3`, "tab\tand Ã"],
    ["-", ""],
    ["", ""],
  ])("with the user agent %s has %j", (written, userAgent) => {
    expect(parseLogLine(SOUND.replace(AGENT, () => written))).toMatchObject({ userAgent });
  });

  test.each([[String.raw`\x16\x03\x01`], ["-"], [""], ["GET"], ["GET /a b HTTP/1.1"]])(
    "whose request is %j is no request, and sound",
    (request) => {
      const line = SOUND.replace("GET /a HTTP/1.1", () => request);
      expect(parseLogLine(line)).toMatchObject({ method: "", status: 200 });
    },
  );
});

describe("no line is", () => {
  test.each([
    [""],
    ["nonsense"],
    [`${HEAD} "GET /a HTTP/1.1" 200 12`],
    [SOUND.replace("20/Nov", "31/Nov")],
    [SOUND.replace("20/Nov", "20/Foo")],
    [SOUND.replace("10:05:03", "24:05:03")],
    [SOUND.replace(" +0000", "")],
    [SOUND.replace(" 200 ", " OK ")],
    ["{"],
    ["{}"],
    ['{"ts":1795169103,"msg":"server running"}'],
    ['{"ts":1795169103,"status":200,"method":"GET","uri":"/a"}'],
    ['{"time":"2026-11-20T10:05:03","status":200,"method":"GET","uri":"/a","ip":"1.1.1.1"}'],
    ['{"ts":1795169103,"status":"x","method":"GET","uri":"/a","ip":"1.1.1.1"}'],
    ["[1]"],
  ])("%s", (line) => {
    expect(parseLogLine(line)).toBeUndefined();
  });

  test("one that was torn, wherever", () => {
    for (let end = 0; end < SOUND.length; end += 1) {
      expect(parseLogLine(SOUND.slice(0, end))).toBeUndefined();
    }
  });

  test("anything that makes the reader throw or stand", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLogLine(text)));
    expect(parseLogLine(`${"a ".repeat(20_000)}[`)).toBeUndefined();
    expect(parseLogLine(`${HEAD} "${"\\".repeat(60_000)}`)).toBeUndefined();
  });
});

describe("a line of JSON", () => {
  const found = { at: AT, address: "198.51.100.7", method: "GET", target: "/a", status: 200 };

  test("of Caddy is one", () => {
    const request = {
      ...{ remote_ip: "10.0.0.1", client_ip: "198.51.100.7", method: "GET", uri: "/a" },
      headers: { "User-Agent": [AGENT], "Sec-Purpose": ["prefetch"] },
    };
    const line = JSON.stringify({
      ts: AT / 1_000,
      logger: "http.log.access",
      request,
      status: 200,
    });
    expect(parseLogLine(line)).toEqual({ ...found, userAgent: AGENT, purpose: "prefetch" });
  });

  test.each([
    [{ time_iso8601: "2026-11-20T11:05:03+01:00", request: "GET /a HTTP/2.0" }],
    [{ time_local: "20/Nov/2026:10:05:03 +0000", request_method: "GET", request_uri: "/a" }],
    [{ msec: `${AT / 1_000}.000`, method: "GET", uri: "/a" }],
    [{ "@timestamp": "2026-11-20T10:05:03.000Z", method: "GET", url: "/a" }],
    [{ time: AT, method: "GET", path: "/a" }],
  ])("of nginx is one: %j", (fields) => {
    const rest = { remote_addr: "198.51.100.7", status: "200", http_user_agent: AGENT };
    expect(parseLogLine(JSON.stringify({ ...fields, ...rest }))).toEqual({
      ...{ ...found, userAgent: AGENT, purpose: undefined },
    });
  });
});

describe("a file", () => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-lines-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "log");

  const read = async (bytes: string | Buffer): Promise<(string | undefined)[]> => {
    writeFileSync(path, bytes);
    const lines: (string | undefined)[] = [];
    for await (const line of linesOf(await openLog(path))) lines.push(line?.toString());
    return lines;
  };

  test.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\n\nb", ["a", "", "b"]],
  ])("of %j has the lines %j, packed or not", async (text, lines) => {
    expect(await read(text)).toEqual(lines);
    expect(await read(gzipSync(text))).toEqual(lines);
  });

  test("has its lines whatever they are, wherever its pieces end", async () => {
    const line = fc.string({ maxLength: 200 }).map((text) => text.replace(/[\r\n]/g, ""));
    const lines = fc.array(line, { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(lines, async (all) => {
        const many = Array.from({ length: 40 }, () => all).flat();
        expect(await read(gzipSync(many.map((it) => `${it}\n`).join("")))).toEqual(many);
      }),
      { numRuns: 20 },
    );
  });

  test("has no line that never ends, and those behind it", async () => {
    expect(await read(`a\n${"x".repeat(300_000)}\nb\n`)).toEqual(["a", undefined, "b"]);
  });

  test("that is no whole gzip, or is not there, is refused by its name", async () => {
    const torn = gzipSync(Array.from({ length: 9_000 }, (_, n) => `line ${n}`).join("\n"));
    await expect(read(torn.subarray(0, 5_000))).rejects.toThrow(`${path} cannot be read: `);
    torn[4_000] = (torn[4_000] ?? 0) ^ 0xff;
    await expect(read(torn)).rejects.toThrow(`${path} cannot be read: `);
    await expect(openLog(join(directory, "none"))).rejects.toThrow("cannot be read: ENOENT");
    await expect(openLog(directory)).rejects.toThrow("is no file");
  });
});

describe("a view of a page", () => {
  const RULES: PageRules = {
    ...{ origin: "https://example.org", include: [], exclude: [], contentPattern: undefined },
  };
  const pageOf = (target: string, rules: Partial<PageRules> = {}, method = "GET", status = 200) => {
    const request = parseLogLine(SOUND);
    if (request === undefined) throw new Error("the sound line is none");
    return pageFinder({ ...RULES, ...rules })({ ...request, target, method, status });
  };

  test.each([
    ["/a", {}, "GET", 200, "page"],
    ["/a", {}, "GET", 304, "page"],
    ["https://example.org/a", {}, "GET", 200, "page"],
    ["/a.html?x=/y.css", {}, "GET", 200, "page"],
    ["/a", {}, "HEAD", 200, "method"],
    ["/a", {}, "", 400, "method"],
    ["/a", {}, "GET", 206, "status"],
    ["/a", {}, "GET", 404, "status"],
    ["/a.CSS?v=1", {}, "GET", 200, "asset"],
    ["/robots.txt", {}, "GET", 200, "asset"],
    ["https://elsewhere.example/a", {}, "GET", 200, "elsewhere"],
    ["*", {}, "GET", 200, "elsewhere"],
    ["/a.pdf", { include: [/^\/a/] }, "GET", 200, "page"],
    ["/b", { include: [/^\/a/] }, "GET", 200, "pattern"],
    ["/a/admin", { exclude: [/admin/] }, "GET", 200, "pattern"],
    ["/b", { contentPattern: /^\/a\/(.*)$/ }, "GET", 200, "pattern"],
    ["/a/no%20id", { contentPattern: /^\/a\/(.*)$/ }, "GET", 200, "pattern"],
  ])("%s by %o, %s %d: %s", async (target, rules, method, status, expected) => {
    const page = await pageOf(target, rules, method, status);
    expect(page.status === "none" ? page.why : page.status).toBe(expected);
  });

  test("is of one content however it was found, and of the id that the pattern finds", async () => {
    const page = await pageOf("/a?b=2&a=1");
    expect(await pageOf("/a?a=1&utm_source=x&b=2")).toEqual(page);
    expect(await pageOf("/a")).not.toEqual(page);
    expect(await pageOf("//evil.example/a")).not.toMatchObject({ why: "elsewhere" });
    const pattern = { contentPattern: /^\/articles\/([\w-]+)/ };
    expect(await pageOf("/articles/42-b/x", pattern)).toMatchObject({ content: "42-b" });
  });
});

describe("the id of a line", () => {
  const content = idOf("a");
  const line = Buffer.from(SOUND);

  test("is a UUIDv7 of its time, and the same in every run", () => {
    const id = lineIds()(line, content, AT);
    expect(parseEventId(id)?.at).toBe(AT);
    expect(lineIds()(line, content, AT)).toBe(id);
    expect(lineIds()(Buffer.from(`${SOUND} `), content, AT)).not.toBe(id);
    expect(lineIds()(line, idOf("b"), AT)).not.toBe(id);
  });

  test("of equal lines is another each, and the same in every run", () => {
    const [once, again] = [lineIds(), lineIds()];
    const ids = Array.from({ length: 3 }, () => once(line, content, AT));
    expect(new Set(ids).size).toBe(3);
    expect(Array.from({ length: 3 }, () => again(line, content, AT))).toEqual(ids);
  });
});

test("the fold of a log is greedy, in the order of time and not of lines", () => {
  const fold = new LocalFold();
  for (const second of [119, 0, 59, 60, 61, 120]) fold.add(second * 1_000, idOf("a"), "anna");
  fold.add(0, idOf("b"), "anna");
  fold.add(0, idOf("a"), "bert");
  expect(fold.judge()).toEqual({ counted: 5, duplicates: 3 });
});
