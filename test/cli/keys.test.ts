import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseKeysFlags } from "../../cli/keys/flags.ts";
import { UsageError } from "../../dev/run/flags.ts";
import { sha256Hex } from "../../src/protocol/sha256.ts";
import { killCommands, MAIN, start } from "./support/command.ts";
import { FakeService, KEY, ok } from "./support/fake-service.ts";

const NO_SECRETS = join(tmpdir(), "headcount-no-secrets");

let service: FakeService;

beforeEach(async () => {
  service = new FakeService();
  await service.listen();
});
afterEach(async () => {
  killCommands();
  await service.stop();
});

/** @param adminKey as the environment has it */
const run = (args: readonly string[], adminKey: string = KEY) => {
  const command = [MAIN, "keys", ...args, "--url", service.url, "--secrets", NO_SECRETS];
  return start(command, { ADMIN_KEY: adminKey }).ended;
};

const shop = (more: object = {}) => ({
  ...{ name: "shop", scopes: ["read", "write"], revoked: false },
  ...{ updatedAt: "2026-11-21T09:00:00.000Z", ...more },
});

test("a key is made here and shown; the service gets its hash and its scopes alone", async () => {
  service.answers.keys = [ok({ keys: [shop({ revoked: true }), shop({ name: "other" })] })];
  service.answers["keys/shop"] = [{ status: 201, body: shop() }];
  const { code, output } = await run(["put", "shop", "--scopes", "read,write"], `${KEY}, old`);
  const [key = ""] = /hck_[A-Za-z0-9_-]{43}/.exec(output) ?? [];
  const body = JSON.stringify({ hash: await sha256Hex(key), scopes: ["read", "write"] });
  expect(service.requests).toEqual(["GET keys", `PUT keys/shop ${body}`]);
  expect(code).toBe(0);
});

test("a key that somebody may be using is replaced only when that is said", async () => {
  service.answers.keys = [ok({ keys: [shop()] })];
  service.answers["keys/shop"] = [ok(shop())];
  const refused = await run(["put", "shop", "--scopes", "read"]);
  expect(refused.output).toContain("--replace");
  expect(refused.output).not.toContain("hck_");
  expect(refused.code).toBe(1);
  expect(service.requests).toEqual(["GET keys"]);
  expect((await run(["put", "shop", "--scopes", "read", "--replace"])).code).toBe(0);
});

test("no key is shown that the service did not take", async () => {
  service.answers.keys = [ok({ keys: [] })];
  service.answers["keys/shop"] = [{ status: 503, body: { title: "It could not be saved" } }];
  const { code, output } = await run(["put", "shop", "--scopes", "read"]);
  expect(output).toContain("It could not be saved");
  expect(output).not.toContain("hck_");
  expect(code).toBe(1);
});

test("keys are listed and revoked", async () => {
  service.answers.keys = [ok({ keys: [shop(), shop({ name: "old", revoked: true })] })];
  service.answers["keys/shop"] = [ok(shop({ revoked: true }))];
  const listed = await run(["list"]);
  expect(listed.output).toContain("shop\tread,write\tgood\t2026-11-21T09:00:00.000Z");
  expect(listed.output).toContain("old\tread,write\trevoked");
  expect((await run(["revoke", "shop"])).code).toBe(0);
  expect(service.requests).toEqual(["GET keys", "DELETE keys/shop"]);
});

test.each([
  [[]],
  [["make", "shop"]],
  [["put"]],
  [["put", "shop"]],
  [["put", "shop", "--scopes", ""]],
  [["put", "shop", "--scopes", "read,admin"]],
  [["put", "shop", "stock", "--scopes", "read"]],
  [["put", "a b", "--scopes", "read"]],
  [["revoke"]],
  [["revoke", "../status"]],
  [["revoke", "shop", "--replace"]],
  [["list", "shop"]],
  [["list", "--scopes", "read"]],
])("keys %j is no command", (args) => {
  expect(() => parseKeysFlags([...args, "--key", KEY])).toThrow(UsageError);
});
