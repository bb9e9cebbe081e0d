import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseOnlyFlags, UsageError } from "../../dev/run/flags.ts";
import { isRunning, type Service, startService } from "../../dev/service.ts";
import { decodeEvent } from "../../src/protocol/event-codec.ts";
import { parseToken } from "../../src/protocol/view-token.ts";
import { begunState } from "../support/begun-state.ts";
import { siteAt } from "../support/end-to-end-site.ts";
import { removeState } from "../support/remove-state.ts";

/** Longer than a machine takes that is busy. */
const PATIENCE = { timeout: 60_000 };

const directories: string[] = [];
const services: Service[] = [];

afterAll(async () => {
  for (const service of services) {
    service.signal("SIGKILL");
    await service.exited;
  }
  for (const directory of directories) removeState(directory);
});

const kept = (directory: string): string => {
  directories.push(directory);
  return directory;
};

/** Never started before. */
const freshDirectory = (): string => kept(mkdtempSync(join(tmpdir(), "headcount-start-")));

const start = async (state: string, port = 0): Promise<Service> => {
  const service = await startService({ state, secrets: join(state, ".dev.vars"), port });
  services.push(service);
  return service;
};

const mint = ({ url }: Service, headers: Record<string, string>): Promise<string> =>
  siteAt({ url, adminKey: "" }).open("article", undefined, headers);

/** Ended in good order. */
const end = async (service: Service, signal: "SIGINT" | "SIGTERM"): Promise<void> => {
  const runtime = service.runtimePid() ?? Number.NaN;
  expect(isRunning(runtime)).toBe(true);
  service.signal(signal);
  expect(await service.exited).toBe(0);
  expect(isRunning(runtime)).toBe(false);
};

/** In this order: each start is on the state that the one before it has left. */
describe("a service from its first start to its last", () => {
  const state = freshDirectory();
  const secrets = join(state, ".dev.vars");
  let made: string;
  let service: Service;

  test("makes secrets of its own when it is started first, and is ended by a signal, with 0 and no runtime left", async () => {
    const first = await start(state);
    made = readFileSync(secrets, "utf8");
    expect(made).toMatch(/^TOKEN_KEYS="k1:[A-Za-z0-9_-]{43}"\nADMIN_KEY="[A-Za-z0-9_-]{43}"\n$/);
    expect(statSync(secrets).mode & 0o777).toBe(0o600);
    for (const path of ["/healthz", "/readyz", "/demo"]) {
      expect((await fetch(`${first.url}${path}`)).status).toBe(200);
    }
    await end(first, "SIGINT");
  });

  test("leaves the secrets as they are when it is started again", async () => {
    service = await start(state);
    expect(readFileSync(secrets, "utf8")).toBe(made);
  });

  test("takes who connects for the visitor, unless something in front says who that is", async () => {
    const visitorOf = async (headers: Record<string, string>) => {
      const parts = parseToken(await mint(service, headers));
      return parts && decodeEvent(parts.payload)?.visitor;
    };
    const bare = await visitorOf({});
    expect(bare).toBeDefined();
    expect(await visitorOf({ "CF-Connecting-IP": "127.0.0.1" })).toEqual(bare);
    expect(await visitorOf({ "CF-Connecting-IP": "203.0.113.7" })).not.toEqual(bare);
  });

  test("has its state directory and its port to itself: who wants either is told so, and not started", async () => {
    await expect(start(state)).rejects.toThrow(`${state} is in use by another Headcount`);
    const { port } = new URL(service.url);
    const taken = start(kept(await begunState("headcount-start")), Number(port));
    await expect(taken).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
  });

  test("has its runtime back at the same address when that dies", async () => {
    process.kill(service.runtimePid() ?? Number.NaN, "SIGKILL");
    await expect.poll(() => service.output(), PATIENCE).toContain("The runtime is back");
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  });

  test("takes its runtime with it when it is killed, and leaves its port to the next one, which another signal ends alike", async () => {
    const runtime = service.runtimePid() ?? Number.NaN;
    expect(isRunning(runtime)).toBe(true);
    service.signal("SIGKILL");
    await expect.poll(() => isRunning(runtime), PATIENCE).toBe(false);
    const next = await start(state, Number(new URL(service.url).port));
    expect((await fetch(`${next.url}/readyz`)).status).toBe(200);
    await end(next, "SIGTERM");
  });
});

test.for([
  [["--prot", "8787"], '"--prot" is no flag'],
  [["extra"], '"extra" is no flag'],
  [["--port", "http"], "--port is a number"],
  [["--port", "65536"], "--port is a number"],
  [["--state"], "--state needs a value"],
] as const)("%j is called wrongly", ([args, reason]) => {
  expect(() => parseOnlyFlags(args)).toThrow(UsageError);
  expect(() => parseOnlyFlags(args)).toThrow(reason);
});

test("who calls it wrongly is told the reason and how it is called, with 2", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [resolve(import.meta.dirname, "../../dev/start.ts"), "--prot", "8787"],
    { encoding: "utf8" },
  );
  expect(status).toBe(2);
  expect(stderr).toContain('"--prot" is no flag');
  expect(stderr).toContain("--secrets FILE");
});
