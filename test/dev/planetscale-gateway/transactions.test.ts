import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGateway } from "../../../dev/planetscale-gateway/gateway.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../../support/mysql.ts";
import { createItems, type Items, insert } from "../../support/planetscale-items.ts";
import { executeRaw } from "../../support/planetscale-raw.ts";

describe.skipIf(NO_MYSQL)("transactions through the gateway", () => {
  let gateway: FreshGateway;
  let items: Items;

  beforeAll(async () => {
    gateway = await freshGateway({ limits: { transactions: 3 } });
    items = await createItems(gateway);
  });

  afterAll(() => gateway.close());

  test("what it did is seen inside at once, and by others after COMMIT", async () => {
    const { client } = items;
    await client.transaction(async (transaction) => {
      await transaction.execute(...insert("commit"));
      const { rows } = await transaction.execute("SELECT n FROM items WHERE name = 'commit'");
      expect(rows).toEqual([{ n: 0 }]);
      expect(await items.names("commit")).toEqual([]);
    });
    expect(await items.names("commit")).toEqual(["commit"]);
  });

  test("what throws inside leaves nothing", async () => {
    const failed = items.client.transaction(async (transaction) => {
      await transaction.execute(...insert("rollback"));
      throw new Error("on purpose");
    });
    await expect(failed).rejects.toThrow("on purpose");
    expect(await items.names("rollback")).toEqual([]);
  });

  test("an error of a statement leaves the others of its transaction", async () => {
    const connection = await items.begun();
    await connection.execute(...insert("kept"));
    await expect(connection.execute(...insert("kept"))).rejects.toThrow("errno 1062");
    await connection.execute("COMMIT");
    expect(await items.names("kept")).toEqual(["kept"]);
  });

  test("two that take turns do not mix", async () => {
    const [one, two] = [await items.begun(), await items.begun()];
    await one.execute(...insert("turn-1"));
    await two.execute(...insert("turn-2"));
    await one.execute(...insert("turn-3"));
    await two.execute("ROLLBACK");
    await one.execute("COMMIT");
    expect(await items.names("turn-%")).toEqual(["turn-1", "turn-3"]);
  });

  test("a savepoint takes back what came after it", async () => {
    const connection = await items.begun();
    await connection.execute(...insert("save-1"));
    await connection.execute("SAVEPOINT here");
    await connection.execute(...insert("save-2"));
    await connection.execute("ROLLBACK TO here");
    await connection.execute("COMMIT");
    expect(await items.names("save-%")).toEqual(["save-1"]);
  });

  test("BEGIN inside commits what is open, and DDL does and ends it", async () => {
    const connection = await items.begun();
    await connection.execute(...insert("open-1"));
    await connection.execute("BEGIN");
    expect(await items.names("open-%")).toEqual(["open-1"]);
    await connection.execute(...insert("open-2"));
    await connection.execute("CREATE TABLE by_the_way (id INT)");
    expect(await items.names("open-%")).toEqual(["open-1", "open-2"]);
    await connection.execute(...insert("open-3"));
    await connection.execute("ROLLBACK");
    expect(await items.names("open-%")).toEqual(["open-1", "open-2", "open-3"]);
  });

  test("two statements of one at a time: the second is refused, and the first goes on", async () => {
    const connection = await items.begun();
    const first = connection.execute("SELECT SLEEP(0.5) AS slept");
    await items.untilRunning("SLEEP(0.5)", 1);
    await expect(connection.execute(...insert("second"))).rejects.toThrow(
      /code = Aborted desc = transaction \d+: in use: for query$/,
    );
    expect((await first).rows).toEqual([{ slept: 0 }]);
    await connection.execute("COMMIT");
    expect(await items.names("second")).toEqual([]);
  });

  test("the session after DDL is in no transaction, and the one before it is over", async () => {
    const { body: open } = await executeRaw(gateway.url, "BEGIN", null);
    expect(open.session).toHaveProperty("vitessSession.inTransaction", true);
    const ddl = "CREATE TABLE on_the_way (id INT)";
    const { body: after } = await executeRaw(gateway.url, ddl, open.session);
    expect(after.session).not.toHaveProperty("vitessSession.inTransaction");
    const { body: late } = await executeRaw(gateway.url, "SELECT 1", open.session);
    expect(late.error?.message).toMatch(/transaction \d+: not found$/);
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
    expect(await items.names("again")).toEqual([]);
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
    expect(await items.names("lost")).toEqual([]);
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
    await items.client.execute("INSERT INTO items (name) VALUES ('dl-1'), ('dl-2')");
    const [one, two] = [await items.begun(), await items.begun()];
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
    const open = [await items.begun(), await items.begun(), await items.begun()];
    await expect(items.begun()).rejects.toThrow(
      "code = ResourceExhausted desc = transaction pool connection limit exceeded",
    );
    expect(await items.names("nobody")).toEqual([]);
    for (const connection of open) await connection.execute("ROLLBACK");
    await (await items.begun()).execute("ROLLBACK");
  });
});
