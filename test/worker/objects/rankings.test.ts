import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { stamp } from "../../../src/core/stamp.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";

const publish = (object: string, name: string, version: number, viewers: number) =>
  env.RANKINGS.getByName(object).publish(
    anEntry(stream(name), { viewers, asOf: Date.now(), stamp: stamp(1, version) }),
  );

const viewersIn = async (object: string) =>
  (await env.RANKINGS.getByName(object).live(10)).streams.map(({ viewers }) => viewers);

test("what is published is told, and after its alarm survives the instance", async () => {
  await publish("woken", "a", 2, 5);
  await publish("woken", "b", 1, 7);
  expect(await viewersIn("woken")).toEqual([7, 5]);
  expect(await runDurableObjectAlarm(env.RANKINGS.getByName("woken"))).toBe(true);
  await evictDurableObject(env.RANKINGS.getByName("woken"));
  await publish("woken", "a", 1, 99);
  expect(await viewersIn("woken")).toEqual([7, 5]);
});

test("publishing writes nothing by itself; a few seconds later one write has them all", async () => {
  const object = env.RANKINGS.getByName("grouped");
  for (let i = 0; i < 50; i += 1) await publish("grouped", `s${i}`, 1, i);
  const look = () =>
    runInDurableObject(object, async (_, { storage }) => ({
      rows: storage.sql.exec("SELECT page FROM pages").toArray().length,
      alarmInMs: ((await storage.getAlarm()) ?? Number.NaN) - Date.now(),
    }));
  const before = await look();
  expect(before.rows).toBe(0);
  expect(before.alarmInMs).toBeGreaterThan(0);
  expect(before.alarmInMs).toBeLessThanOrEqual(10_000);
  await runDurableObjectAlarm(object);
  expect((await look()).rows).toBeGreaterThan(0);
});
