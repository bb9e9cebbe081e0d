import { Client, connect } from "@planetscale/database";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startGateway } from "../../../dev/planetscale-gateway/gateway.ts";
import type { Delay } from "../../../dev/planetscale-gateway/limits.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../../support/mysql.ts";
import { executeRaw } from "../../support/planetscale-raw.ts";

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

describe.skipIf(NO_MYSQL)("transactions through the gateway", () => {
  const { delay, pass } = createHandDelay();
  let gateway: FreshGateway;

  const begun = async () => {
    const connection = connect({ url: gateway.url });
    await connection.execute("BEGIN");
    return connection;
  };

  const names = async (like: string) => {
    const client = new Client({ url: gateway.url });
    const query = "SELECT name FROM items WHERE name LIKE ? ORDER BY name";
    const { rows } = await client.execute(query, [like], { as: "array" });
    return rows.flat();
  };

  const insert = (name: string) => ["INSERT INTO items (name) VALUES (?)", [name]] as const;

  /** Resolves when the server runs a statement with `text` in it, or none any more. */
  const untilRunning = (text: string, count: number) =>
    vi.waitFor(
      async () => {
        const { rows } = await new Client({ url: gateway.url }).execute(
          "SELECT id FROM information_schema.processlist WHERE info LIKE ? AND id <> connection_id()",
          [`%${text}%`],
        );
        expect(rows).toHaveLength(count);
      },
      { timeout: 10_000 },
    );

  beforeAll(async () => {
    const limits = { idleMs: IDLE_MS, transactionMs: TRANSACTION_MS, writeMs: WRITE_MS };
    gateway = await freshGateway({ delay, limits: { ...limits, transactions: 3 } });
    await new Client({ url: gateway.url }).execute(
      "CREATE TABLE items (name VARCHAR(50) PRIMARY KEY, n INT NOT NULL DEFAULT 0)",
    );
  });

  afterAll(() => gateway.close());

  test("what it did is seen inside at once, and by others after COMMIT", async () => {
    const client = new Client({ url: gateway.url });
    await client.transaction(async (transaction) => {
      await transaction.execute(...insert("commit"));
      const { rows } = await transaction.execute("SELECT n FROM items WHERE name = 'commit'");
      expect(rows).toEqual([{ n: 0 }]);
      expect(await names("commit")).toEqual([]);
    });
    expect(await names("commit")).toEqual(["commit"]);
  });

  test("what throws inside leaves nothing", async () => {
    const failed = new Client({ url: gateway.url }).transaction(async (transaction) => {
      await transaction.execute(...insert("rollback"));
      throw new Error("on purpose");
    });
    await expect(failed).rejects.toThrow("on purpose");
    expect(await names("rollback")).toEqual([]);
  });

  test("an error of a statement leaves the others of its transaction", async () => {
    const connection = await begun();
    await connection.execute(...insert("kept"));
    await expect(connection.execute(...insert("kept"))).rejects.toThrow("errno 1062");
    await connection.execute("COMMIT");
    expect(await names("kept")).toEqual(["kept"]);
  });

  test("two that take turns do not mix", async () => {
    const [one, two] = [await begun(), await begun()];
    await one.execute(...insert("turn-1"));
    await two.execute(...insert("turn-2"));
    await one.execute(...insert("turn-3"));
    await two.execute("ROLLBACK");
    await one.execute("COMMIT");
    expect(await names("turn-%")).toEqual(["turn-1", "turn-3"]);
  });

  test("a savepoint takes back what came after it", async () => {
    const connection = await begun();
    await connection.execute(...insert("save-1"));
    await connection.execute("SAVEPOINT here");
    await connection.execute(...insert("save-2"));
    await connection.execute("ROLLBACK TO here");
    await connection.execute("COMMIT");
    expect(await names("save-%")).toEqual(["save-1"]);
  });

  test("BEGIN inside commits what is open, and DDL does and ends it", async () => {
    const connection = await begun();
    await connection.execute(...insert("open-1"));
    await connection.execute("BEGIN");
    expect(await names("open-%")).toEqual(["open-1"]);
    await connection.execute(...insert("open-2"));
    await connection.execute("CREATE TABLE by_the_way (id INT)");
    expect(await names("open-%")).toEqual(["open-1", "open-2"]);
    await connection.execute(...insert("open-3"));
    await connection.execute("ROLLBACK");
    expect(await names("open-%")).toEqual(["open-1", "open-2", "open-3"]);
  });

  test.for([
    ["idle", IDLE_MS],
    ["open", TRANSACTION_MS],
  ] as const)("one that is %s for too long is rolled back, and stays so", async ([, limitMs]) => {
    const connection = await begun();
    await connection.execute(...insert("late"));
    expect(pass(limitMs)).toBe(1);
    const ended =
      /code = Aborted desc = transaction \d+: ended at \S+ \(exceeded timeout: 0\.\d+s\)$/;
    await expect(connection.execute(...insert("later"))).rejects.toThrow(ended);
    await expect(connection.execute("COMMIT")).rejects.toThrow(ended);
    expect(await names("late%")).toEqual([]);
    await connection.execute(...insert("late-and-good"));
    expect(await names("late%")).toEqual(["late-and-good"]);
    await connection.execute("DELETE FROM items WHERE name LIKE 'late%'");
  });

  test("one whose time is over in the middle of a statement is killed with it", async () => {
    const connection = await begun();
    await connection.execute(...insert("killed"));
    const asleep = connection.execute("SELECT SLEEP(3131)").catch((thrown: unknown) => thrown);
    await untilRunning("SLEEP(3131)", 1);
    expect(pass(IDLE_MS)).toBe(0);
    expect(pass(TRANSACTION_MS)).toBe(1);
    expect(String(await asleep)).toMatch(/transaction \d+: ended at .*exceeded timeout/);
    await untilRunning("SLEEP(3131)", 0);
    expect(await names("killed")).toEqual([]);
  });

  test("a write that takes too long is killed, alone or with its transaction", async () => {
    for (const connection of [connect({ url: gateway.url }), await begun()]) {
      const slow = connection
        .execute("INSERT INTO items (name, n) SELECT 'slow', SLEEP(3232)")
        .catch((thrown: unknown) => thrown);
      await untilRunning("SLEEP(3232)", 1);
      expect(pass(WRITE_MS)).toBe(1);
      expect(String(await slow)).toMatch(/code = Canceled desc = .*context deadline exceeded/);
      await untilRunning("SLEEP(3232)", 0);
    }
    expect(await names("slow")).toEqual([]);
  });

  test("two statements of one at a time: the second is refused, and the first goes on", async () => {
    const connection = await begun();
    const first = connection.execute("SELECT SLEEP(0.5) AS slept");
    await untilRunning("SLEEP(0.5)", 1);
    await expect(connection.execute(...insert("second"))).rejects.toThrow(
      /code = Aborted desc = transaction \d+: in use: for query$/,
    );
    expect((await first).rows).toEqual([{ slept: 0 }]);
    await connection.execute("COMMIT");
    expect(await names("second")).toEqual([]);
  });

  test("a session of a transaction that is over is an error, and nothing is done", async () => {
    const { body } = await executeRaw(gateway.url, "BEGIN", null);
    await executeRaw(gateway.url, "COMMIT", body.session);
    const again = await executeRaw(
      gateway.url,
      "INSERT INTO items VALUES ('again', 1)",
      body.session,
    );
    expect(again.status).toBe(200);
    expect(again.body.error?.code).toBe("ABORTED");
    expect(again.body.error?.message).toMatch(/desc = transaction \d+: not found$/);
    expect(await names("again")).toEqual([]);
  });

  test("a restarted gateway knows sessions, and no transaction of its forerunner", async () => {
    const options = { port: 0, user: "tester", password: "pscale_pw_test" };
    const next = await startGateway({ ...options, mysql: gateway.address });
    const calm = await executeRaw(gateway.url, "SELECT 1", null);
    const moved = await executeRaw(next.url, "SELECT 1", calm.body.session);
    expect(moved.body.error).toBeUndefined();
    const open = await executeRaw(gateway.url, "BEGIN", null);
    const lost = await executeRaw(
      next.url,
      "INSERT INTO items VALUES ('lost', 1)",
      open.body.session,
    );
    expect(lost.body.error?.message).toMatch(/transaction \d+: not found$/);
    await executeRaw(gateway.url, "ROLLBACK", open.body.session);
    await next.close();
    expect(await names("lost")).toEqual([]);
  });

  test("a session that was tampered with is refused", async () => {
    const { body } = await executeRaw(gateway.url, "SELECT 1", null);
    const { vitessSession } = body.session;
    const tampered = {
      ...body.session,
      vitessSession: { ...Object(vitessSession), inTransaction: true },
    };
    expect((await executeRaw(gateway.url, "SELECT 1", tampered)).status).toBe(400);
  });

  test("after a deadlock only ROLLBACK is taken: nothing runs outside of a transaction", async () => {
    await new Client({ url: gateway.url }).execute(
      "INSERT INTO items (name) VALUES ('dl-1'), ('dl-2')",
    );
    const [one, two] = [await begun(), await begun()];
    const update = "UPDATE items SET n = n + 1 WHERE name = ?";
    await one.execute(update, ["dl-1"]);
    await two.execute(update, ["dl-2"]);
    const both = [
      [one, one.execute(update, ["dl-2"])],
      [two, two.execute(update, ["dl-1"])],
    ] as const;
    const results = await Promise.allSettled(both.map(([, run]) => run));
    const losers = both.filter((_, index) => results[index]?.status === "rejected");
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    for (const [loser, run] of losers) {
      await expect(run).rejects.toThrow("(errno 1213) (sqlstate 40001)");
      await expect(loser.execute(update, ["dl-1"])).rejects.toThrow("only ROLLBACK ends it");
      await expect(loser.execute("BEGIN")).rejects.toThrow("only ROLLBACK ends it");
      await loser.execute("ROLLBACK");
    }
    for (const [winner] of both.filter((pair) => !losers.includes(pair))) {
      await winner.execute("COMMIT");
    }
    const { rows } = await one.execute("SELECT n FROM items WHERE name LIKE 'dl-%'");
    expect(rows).toEqual([{ n: 1 }, { n: 1 }]);
  });

  test("there are as many at a time as may be, and statements of none go on beside them", async () => {
    const open = [await begun(), await begun(), await begun()];
    await expect(begun()).rejects.toThrow(
      "code = ResourceExhausted desc = transaction pool connection limit exceeded",
    );
    expect(await names("nobody")).toEqual([]);
    for (const connection of open) await connection.execute("ROLLBACK");
    await (await begun()).execute("ROLLBACK");
  });
});
