/** `headcount replay` and `headcount import` as commands, against a service that only plays one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCounts } from "../../cli/import/counts.ts";
import { parseReplayFlags } from "../../cli/replay/flags.ts";
import { UsageError } from "../../dev/run/flags.ts";
import { killCommands, MAIN, start } from "./support/command.ts";
import { FakeService, KEY, ok, standings, taken } from "./support/fake-service.ts";

const HOUR_MS = 3_600_000;
const AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const directory = mkdtempSync(join(tmpdir(), "headcount-history-"));
const log = join(directory, "access.log");
const csv = join(directory, "counts.csv");
/** Hours that are over for everybody. */
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS;

let service: FakeService;

beforeEach(async () => {
  service = new FakeService();
  await service.listen();
});
afterEach(async () => {
  killCommands();
  await service.stop();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** As nginx writes it where it was told to write JSON. */
const lineAt = (at: number, path = "/a") =>
  JSON.stringify({
    ...{ msec: at / 1_000, remote_addr: "198.51.100.7", request: `GET ${path} HTTP/1.1` },
    ...{ status: 200, http_user_agent: AGENT },
  });

const run = (...args: readonly string[]) =>
  start([MAIN, ...args, "--url", service.url], { ADMIN_KEY: KEY }).ended;
const replay = (...args: readonly string[]) =>
  run("replay", log, "--site", "https://example.org", ...args);

const accepted = (count: number) =>
  ok({ events: Array.from({ length: count }, (_, n) => ({ id: `${n}`, status: "accepted" })) });
const runOf = (events: number, copies: number, startedAt = 2) => ({
  ...{ shard: 0, hour: HOUR, run: startedAt, startedAt, outcome: "done", events },
  ...{ before: 0, after: events - copies, detail: { copies } },
});
const paths = () => service.requests.map((request) => request.split(" ").slice(0, 2).join(" "));

describe("headcount replay", () => {
  test("sends what is a view, has the hours corrected until all of it was read, and says what that made", async () => {
    writeFileSync(log, `${lineAt(HOUR)}\n${lineAt(HOUR + 60_000)}\n${lineAt(HOUR, "/x.css")}\n`);
    service.answers.replay = [accepted(2)];
    service.answers.correct = [taken({ shard: 0, waiting: 1 })];
    service.answers.status = [standings({ shard: 0, waiting: 0 })];
    service.answers.corrections = [
      ok({ corrections: [] }),
      // One of them was on its way yet.
      ok({ corrections: [runOf(1, 0)] }),
      ok({ corrections: [runOf(3, 1, 3), runOf(1, 0)] }),
    ];
    const { code, output } = await replay();
    expect(output).toMatch(/3 lines:\n +2 +counted/);
    expect(output).toContain("corrected 1 hours: 0 views before, 2 after");
    expect(paths().filter((path) => path === "POST correct")).toHaveLength(2);
    expect(service.requests.find((request) => request.startsWith("POST correct"))).toContain(
      `{"from":"${new Date(HOUR).toISOString().slice(0, 13)}","to":`,
    );
    expect(code).toBe(0);
  });

  test("sends the same again to a service that was away, and the same ids the next time", async () => {
    writeFileSync(log, `${lineAt(HOUR)}\n`);
    const away = { status: 503, body: { title: "The view could not be made durable in time" } };
    service.answers.replay = [away, "hangUp", accepted(1)];
    expect((await replay("--no-wait")).code).toBe(0);
    expect((await replay("--no-wait")).code).toBe(0);
    expect(service.requests).toHaveLength(4);
    expect(new Set(service.requests).size).toBe(1);
  });

  test("tells what a service refuses, by its reason", async () => {
    writeFileSync(log, `${lineAt(HOUR)}\n${lineAt(HOUR, "/b")}\n`);
    const refused = { id: "1", status: "refused", reason: "unknown-content" };
    service.answers.replay = [ok({ events: [{ id: "0", status: "accepted" }, refused] })];
    const { code, output } = await replay("--no-wait");
    expect(output).toContain("1 events sent");
    expect(output).toContain("1 refused: unknown-content");
    expect(code).toBe(0);
  });

  test("given up, it says how far it came, with 1", async () => {
    writeFileSync(log, `${lineAt(HOUR)}\n`);
    service.answers.replay = [{ status: 503, body: { title: "Away" } }];
    const { code, output } = await replay("--patience", "1");
    expect(output).toContain("503: Away\n0 of 1 events are on disk there; the same command again");
    expect(code).toBe(1);
  });

  test.each([
    ["is no access log", "hello\nworld\n", "No line is one of an access log"],
    ["is torn gzip", gzipSync(lineAt(HOUR)).subarray(0, 40), "unexpected end of file"],
  ])("of a file that %s it sends nothing, with 1", async (_, bytes, reason) => {
    writeFileSync(log, bytes);
    const { code, output } = await replay();
    expect(output).toContain(reason);
    expect(service.requests).toEqual([]);
    expect(code).toBe(1);
  });

  test("sends nothing that is too old, of the future or malformed, and counts and shows it", async () => {
    const old = HOUR - 91 * 24 * HOUR_MS;
    const lines = [
      lineAt(old),
      lineAt(Date.now() + HOUR_MS),
      "no\u001b[2J line",
      lineAt(HOUR, "/x.png"),
    ];
    writeFileSync(log, lines.join("\n"));
    const { code, output } = await replay();
    for (const text of ["1  too old", "1  in the future", "1  malformed", "Nothing was sent"]) {
      expect(output).toContain(text);
    }
    expect(output).toContain(`line 3 of ${log}: no\uFFFD[2J line`);
    expect(service.requests).toEqual([]);
    expect(code).toBe(0);
  });

  test.each([
    [[], "replay needs a log"],
    [["x"], "--site is where"],
    [["x", "--site", "example.org"], "--site is where"],
    [["x", "--site", "https://example.org/blog"], "--site is where"],
    [["x", "--site", "https://e.org", "--include", "("], "--include is a regular expression"],
    [["x", "--site", "https://e.org", "--content", "^/a"], "--content has a group"],
    [["x", "--site", "https://e.org", "--sites", "y"], "Unknown option '--sites'"],
  ])("is called wrongly: %j", (args, reason) => {
    expect(() => parseReplayFlags([...args, "--key", KEY])).toThrow(UsageError);
    expect(() => parseReplayFlags([...args, "--key", KEY])).toThrow(reason);
  });
});

describe("headcount import", () => {
  test("sends what a sound file says", async () => {
    writeFileSync(csv, '\uFEFFviews,title,content\r\n12,"a, ""b""\r\nc",old-1\r\n0,,"old-2"\r\n');
    service.answers.import = [{ status: 503, body: { title: "Away" } }, ok({ imported: 2 })];
    const { code, output } = await run("import", csv);
    const body = '{"counts":[{"content":"old-1","views":12},{"content":"old-2","views":0}]}';
    expect(service.requests).toEqual([`POST import ${body}`, `POST import ${body}`]);
    expect(output).toContain("2 contents with 12 views: set");
    expect(code).toBe(0);
  });

  test("sends nothing of a file in which one line is not sound, and names it", async () => {
    writeFileSync(csv, "content,views\na,1\nb c,2\nd,1.5\na,7\ne,1,2\n");
    const { code, output } = await run("import", csv);
    expect(output).toContain(
      `${csv} is not sound, and nothing was sent:\nline 3: "b c" is no id (1 to 64 of A-Z a-z 0-9 _ -)\nline 4: "1.5" is no number of views\nline 5: "a" is in line 2 already\nline 6: 3 fields, not 2\n`,
    );
    expect(service.requests).toEqual([]);
    expect(code).toBe(1);
  });

  test.each([
    ["", "has to name the columns"],
    ["a,1\n", "has to name the columns"],
    ['content,views\n"a,1\n', "a quote is out of place"],
    ['content,views\na"b,1\n', "a quote is out of place"],
    ["content,views\na,-1\n", "no number of views"],
    ["content,views\na,1e3\n", "no number of views"],
    ["content,views\na,9999999999999\n", "no number of views"],
    ["content,views\na,\n", "no number of views"],
    ["content,views\na\n", "1 fields, not 2"],
  ])("%j is not sound", (text, reason) => {
    expect(readCounts(text).unsound.join("\n")).toContain(reason);
  });

  test("a dry run sends nothing, and wants no key", async () => {
    writeFileSync(csv, "content,views\na,1\n\nb,2");
    const { code, output } = await start([MAIN, "import", csv, "--dry-run"]).ended;
    expect(output).toContain("2 contents with 3 views: nothing was sent");
    expect(code).toBe(0);
  });
});
