import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { saltStore } from "../../../src/adapters/objects/salt-store.ts";
import { systemRandom } from "../../../src/adapters/runtime/runtime.ts";
import { SaltKeeper } from "../../../src/app/views/salt-keeper.ts";
import { HOUR_MS, SALT_LIFE_MS } from "../../../src/core/limits.ts";
import type { DaySalt } from "../../../src/protocol/object-rpc.ts";
import { config } from "../support/events.ts";

const DAY_MS = 24 * HOUR_MS;

/** A day far ahead, so that no alarm of a test falls due. */
const MIDNIGHT = config.calendar.dayOf(Date.now() + 30 * DAY_MS).startMs;

/** Salts of an object at a time of the test's choosing, as a new instance finds them. */
const saltsAt = (name: string, now: number): Promise<readonly DaySalt[]> =>
  runInDurableObject(env.SALTS.getByName(name), (_, state) => {
    const store = saltStore(state.storage, (work) => state.waitUntil(work));
    const { calendar } = config;
    return new SaltKeeper({
      store,
      calendar,
      clock: { now: () => now },
      random: systemRandom,
    }).current();
  });

const storedStarts = (name: string): Promise<readonly unknown[]> =>
  runInDurableObject(env.SALTS.getByName(name), (_, { storage }) =>
    storage.sql
      .exec("SELECT start_ms FROM salts ORDER BY start_ms")
      .toArray()
      .map(({ start_ms }) => start_ms),
  );

const starts = (salts: readonly DaySalt[]): readonly number[] =>
  salts.map(({ startMs }) => startMs);

test("within the day everybody gets the same salt, whatever became of the instance", async () => {
  const first = await env.SALTS.getByName("salts").current();
  await evictDurableObject(env.SALTS.getByName("salts"));
  const again = await env.SALTS.getByName("salts").current();
  expect(again).toEqual(first);
  const today = config.calendar.dayOf(Date.now());
  const salt = first.find(({ day }) => day === today.name)?.salt;
  expect(salt).toHaveLength(32);
});

test("tomorrow's salt is made an hour ahead, and not before", async () => {
  expect(starts(await saltsAt("ahead", MIDNIGHT + 23 * HOUR_MS - 1))).toEqual([MIDNIGHT]);
  const [today, tomorrow] = await saltsAt("ahead", MIDNIGHT + 23 * HOUR_MS);
  expect(tomorrow?.startMs).toBe(MIDNIGHT + DAY_MS);
  expect(tomorrow?.salt).not.toEqual(today?.salt);
  expect(await saltsAt("ahead", MIDNIGHT + DAY_MS)).toEqual([today, tomorrow]);
});

test("days that passed without a salt stay without", async () => {
  await saltsAt("passed", MIDNIGHT);
  const later = await saltsAt("passed", MIDNIGHT + 3 * DAY_MS);
  expect(starts(later)).toEqual([MIDNIGHT + 3 * DAY_MS]);
});

test("a salt is deleted for good once its day began 72 hours ago", async () => {
  await saltsAt("deleted", MIDNIGHT);
  await saltsAt("deleted", MIDNIGHT + SALT_LIFE_MS - 1);
  expect(await storedStarts("deleted")).toContain(MIDNIGHT);
  await saltsAt("deleted", MIDNIGHT + SALT_LIFE_MS);
  expect(await storedStarts("deleted")).not.toContain(MIDNIGHT);
});

test("the alarm comes on each hour, so that deletion waits for nobody", async () => {
  await saltsAt("hourly", MIDNIGHT + 7);
  const alarm = await runInDurableObject(env.SALTS.getByName("hourly"), (_, { storage }) =>
    storage.getAlarm(),
  );
  expect(alarm).toBe(MIDNIGHT + HOUR_MS);
});
