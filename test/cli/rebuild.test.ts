import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseCorrectFlags, parseRebuildFlags } from "../../cli/service/flags.ts";
import { UsageError } from "../../dev/run/flags.ts";
import { killCommands, LAUNCHER, MAIN, start } from "./support/command.ts";
import { FakeService, KEY, ok, standings, taken } from "./support/fake-service.ts";

const directory = mkdtempSync(join(tmpdir(), "headcount-rebuild-"));
const NO_SECRETS = join(directory, "none");

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

const command = (name: string, ...args: readonly string[]) => [
  ...[MAIN, name, "--url", service.url, "--secrets", NO_SECRETS],
  ...args,
];

const run = (...args: Parameters<typeof command>) => {
  return start(command(...args), { ADMIN_KEY: KEY }).ended;
};

const busy = (shard: number, waiting: number) => ({
  shard,
  waiting,
  running: { hour: 0, run: 1, phase: "read" },
});
const FROM = ["--from", "2026-11-21T00"] as const;

describe("headcount rebuild", () => {
  test("gives the order, follows it to its end, and tells each shard's part", async () => {
    service.answers.rebuild = [taken({ shard: 0, waiting: 3 }, { shard: 1, waiting: 1_200 })];
    service.answers.status = [
      standings(busy(0, 3), busy(1, 400)),
      standings({ shard: 0, waiting: 0 }, { shard: 1, waiting: 0 }),
    ];
    const { code, output } = await run("rebuild", ...FROM);
    expect(service.requests).toEqual([
      'POST rebuild {"from":"2026-11-21T00"}',
      "GET status",
      "GET status",
    ]);
    expect(output).toContain("800 of 1,203 steps, 2 of 2 shards at work");
    expect(output).toMatch(/0 +3 +0 {2}done\n +1 +1,200 +0 {2}done\nAll done: .*corrections.*\n$/);
    expect(code).toBe(0);
  });

  test("goes on after the service was started again in the middle", async () => {
    service.answers.rebuild = [taken({ shard: 0, waiting: 2 })];
    service.answers.status = [standings(busy(0, 2)), standings({ shard: 0, waiting: 0 })];
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    service.onRequest = (path) => {
      if (path !== "status") return;
      service.onRequest = () => undefined;
      resolve(service.stop());
    };
    const { ended } = start(command("rebuild", ...FROM), { ADMIN_KEY: KEY });
    await gone;
    await service.listen();
    const { code, output } = await ended;
    expect(output).toContain("All done");
    expect(code).toBe(0);
  });

  test.each(["never", "hangUp", { status: 503, body: "<html>" }] as const)(
    "a service that answers %o after the order is given up with what is left, and that is no success",
    async (fault) => {
      service.answers.rebuild = [taken({ shard: 0, waiting: 2 })];
      service.answers.status = [standings(busy(0, 2)), fault];
      if (fault === "never") {
        // Only one that is gone is not waited for.
        service.onRequest = (path) => {
          if (path === "status" && service.requests.length > 2) void service.stop();
        };
      }
      const { code, output } = await run("rebuild", ...FROM, "--patience", "1");
      expect(output).toMatch(/0 +2 +2 {2}stuck: http.* answer/);
      expect(output).toContain("2 steps are left");
      expect(code).toBe(1);
    },
  );

  test("a shard that fails for long, and one that took no order, are named in the end", async () => {
    service.answers.rebuild = [
      taken({ shard: 0, waiting: 1 }, { shard: 1, waiting: 4 }, { shard: 2, failed: "no answer" }),
    ];
    service.answers.status = [
      standings(
        { shard: 0, waiting: 0 },
        { shard: 1, waiting: 4, failure: "the raw log is away" },
        { shard: 2, waiting: 0 },
      ),
    ];
    const { code, output } = await run("rebuild", ...FROM, "--patience", "1");
    expect(output).toContain("stuck: the raw log is away");
    expect(output).toContain("did not take the order: no answer");
    expect(output).toContain(
      "4 steps are left, which the service goes on trying by itself; 1 shards did not take the order",
    );
    expect(code).toBe(1);
  });

  test.each([LAUNCHER, MAIN])(
    "interrupted it ends, and says that the service goes on (%s)",
    async (program) => {
      service.answers.rebuild = [taken({ shard: 0, waiting: 2 })];
      service.answers.status = [standings(busy(0, 2))];
      const [, ...args] = command("rebuild", ...FROM);
      const { child, ended } = start([program, ...args], { ADMIN_KEY: KEY });
      service.onRequest = (path) => {
        if (path === "status") child.kill("SIGINT");
      };
      const { code, output } = await ended;
      expect(output).toContain("Interrupted. The service goes on by itself");
      expect(code).toBe(1);
    },
  );

  test("interrupted before the service has answered it does not claim to know", async () => {
    service.answers.rebuild = ["never"];
    const { child, ended } = start(command("rebuild", ...FROM), { ADMIN_KEY: KEY });
    service.onRequest = () => child.kill("SIGTERM");
    const { code, output } = await ended;
    expect(output).toContain("it may have taken the order");
    expect(code).toBe(1);
  });
});

describe("an order that is not taken ends with 1 and the reason:", () => {
  test("nobody listens", async () => {
    await service.stop();
    const { code, output } = await run("rebuild", ...FROM);
    expect(output).toContain("does not answer: ECONNREFUSED");
    expect(code).toBe(1);
  });

  test("another key, which is not shown", async () => {
    const { code, output } = await run("rebuild", ...FROM, "--key", "nearly");
    expect(output).toContain("knows another key");
    expect(output).not.toContain("nearly");
    expect(code).toBe(1);
  });

  test.each([
    [
      { status: 422, body: { title: "Closed", detail: "the earliest is 2026-11-01T00" } },
      "Closed: the earliest is 2026-11-01T00",
    ],
    [{ status: 503, body: { title: "No shard took the order" } }, "No shard took the order"],
    [{ status: 302, body: "" }, "answers 302"],
    [ok("<html>"), "not as this version of Headcount does"],
    [ok({ shards: [{ shard: "0" }] }), "not as this version of Headcount does"],
    ["hangUp", "does not answer"],
  ] as const)("%o", async (answer, reason) => {
    service.answers.rebuild = [answer];
    const { code, output } = await run("rebuild", ...FROM);
    expect(output).toContain(reason);
    expect(output).not.toContain("at file:");
    expect(service.requests).toHaveLength(1);
    expect(code).toBe(1);
  });
});

describe("headcount correct", () => {
  test.each([
    [[], "{}"],
    [[...FROM], '{"from":"2026-11-21T00"}'],
    [[...FROM, "--to", "2026-11-21T05"], '{"from":"2026-11-21T00","to":"2026-11-21T05"}'],
  ])("%j orders %s", async (args, body) => {
    service.answers.correct = [taken({ shard: 0, waiting: 0 })];
    service.answers.status = [standings({ shard: 0, waiting: 0 })];
    const { code } = await run("correct", ...args);
    expect(service.requests[0]).toBe(`POST correct ${body}`);
    expect(code).toBe(0);
  });
});

test("headcount corrections tells the runs", async () => {
  const found = { hour: 0, hourUtc: "2026-11-21T09", shard: 3, reason: "late", outcome: "done" };
  const numbers = { events: 1_234, before: 30, after: 31, changed: 1, durationMs: 5 };
  const startedAt = Date.UTC(2026, 10, 21, 10, 15, 1);
  service.answers.corrections = [ok({ corrections: [{ ...found, ...numbers, startedAt }] })];
  const { code, output } = await run("corrections", "--limit", "5");
  expect(service.requests).toEqual(["GET corrections?limit=5"]);
  expect(output).toContain("2026-11-21T10:15:01  2026-11-21T09      3  late");
  expect(output).toContain("1,234");
  expect(code).toBe(0);
});

test("the key is that of the secrets file where nothing else says one", async () => {
  const secrets = join(directory, ".dev.vars");
  writeFileSync(secrets, `ADMIN_KEY="${KEY}"\n`);
  service.answers.correct = [taken({ shard: 0, waiting: 0 })];
  service.answers.status = [standings({ shard: 0, waiting: 0 })];
  const args = [MAIN, "correct", "--url", service.url, "--secrets", secrets];
  expect((await start(args).ended).code).toBe(0);
  expect((await start(args, { ADMIN_KEY: "another" }).ended).output).toContain("another key");
});

describe("is called wrongly:", () => {
  const KNOWN = ["--key", KEY];

  test.each([
    [[], "needs --from"],
    [["--from", "yesterday"], 'not "yesterday"'],
    [["--from", "2026-02-30T00"], "an hour of UTC"],
    [["--from", "2026-11-21T00", "--to", "2026-11-21T05"], "it has no --to"],
    [[...FROM, "--patience", "0"], "--patience is a number"],
    [[...FROM, "--url", "http://example.org"], "--url is https://"],
    [[...FROM, "--url", "file:///etc"], "--url is https://"],
    [[...FROM, "--url", "example.org"], "--url is https://"],
    [[...FROM, "--fast"], "Unknown option '--fast'"],
  ])("rebuild %j", (args, reason) => {
    expect(() => parseRebuildFlags([...KNOWN, ...args])).toThrow(UsageError);
    expect(() => parseRebuildFlags([...KNOWN, ...args])).toThrow(reason);
  });

  test("correct with --to alone", () => {
    const args = [...KNOWN, "--to", "2026-11-21T05"];
    expect(() => parseCorrectFlags(args)).toThrow("--to is nothing without --from");
  });

  test("without any key, with 2 and how it is called", async () => {
    const { code, output } = await start(command("rebuild", ...FROM)).ended;
    expect(output).toContain("There is no admin key");
    expect(output).toContain("headcount rebuild");
    expect(service.requests).toEqual([]);
    expect(code).toBe(2);
  });
});
