import { connect } from "@planetscale/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Delay } from "../../../dev/planetscale-gateway/limits.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../../support/mysql.ts";
import { createItems, type Items, insert } from "../../support/planetscale-items.ts";

/** Told apart by their lengths alone; none of them passes by itself. */
const IDLE_MS = 11;
const TRANSACTION_MS = 22;
const WRITE_MS = 33;

const createHandDelay = () => {
  const waiting = new Set<{ readonly ms: number; readonly then: () => void }>();
  const delay: Delay = (ms, then) => {
    const timer = { ms, then };
    waiting.add(timer);
    return () => waiting.delete(timer);
  };
  const pass = (ms: number): number => {
    const over = [...waiting].filter((timer) => timer.ms === ms);
    for (const timer of over) {
      waiting.delete(timer);
      timer.then();
    }
    return over.length;
  };
  return { delay, pass };
};

describe.skipIf(NO_MYSQL)("time that runs out", () => {
  const { delay, pass } = createHandDelay();
  let gateway: FreshGateway;
  let items: Items;

  beforeAll(async () => {
    const limits = { idleMs: IDLE_MS, transactionMs: TRANSACTION_MS, writeMs: WRITE_MS };
    gateway = await freshGateway({ delay, limits });
    items = await createItems(gateway);
  });

  afterAll(() => gateway.close());

  test.for([
    ["idle", IDLE_MS],
    ["open", TRANSACTION_MS],
  ] as const)("one that is %s for too long is rolled back, and stays so", async ([, limitMs]) => {
    const connection = await items.begun();
    await connection.execute(...insert("late"));
    expect(pass(limitMs)).toBe(1);
    const ended =
      /code = Aborted desc = transaction \d+: ended at \S+ \(exceeded timeout: 0\.\d+s\)$/;
    await expect(connection.execute(...insert("later"))).rejects.toThrow(ended);
    await expect(connection.execute("COMMIT")).rejects.toThrow(ended);
    expect(await items.names("late%")).toEqual([]);
    await connection.execute(...insert("late-and-good"));
    expect(await items.names("late%")).toEqual(["late-and-good"]);
    await connection.execute("DELETE FROM items WHERE name LIKE 'late%'");
  });

  test("one whose time is over in the middle of a statement is killed with it", async () => {
    const connection = await items.begun();
    await connection.execute(...insert("killed"));
    const asleep = connection.execute("SELECT SLEEP(3131)").catch((thrown: unknown) => thrown);
    await items.untilRunning("SLEEP(3131)", 1);
    expect(pass(IDLE_MS)).toBe(0);
    expect(pass(TRANSACTION_MS)).toBe(1);
    expect(String(await asleep)).toMatch(/transaction \d+: ended at .*exceeded timeout/);
    await items.untilRunning("SLEEP(3131)", 0);
    expect(await items.names("killed")).toEqual([]);
  });

  test("a write that takes too long is killed, alone or with its transaction", async () => {
    for (const connection of [connect({ url: gateway.url }), await items.begun()]) {
      const slow = connection
        .execute("INSERT INTO items (name, n) SELECT 'slow', SLEEP(3232)")
        .catch((thrown: unknown) => thrown);
      await items.untilRunning("SLEEP(3232)", 1);
      expect(pass(WRITE_MS)).toBe(1);
      expect(String(await slow)).toMatch(/code = Canceled desc = .*context deadline exceeded/);
      await items.untilRunning("SLEEP(3232)", 0);
    }
    expect(await items.names("slow")).toEqual([]);
  });
});
