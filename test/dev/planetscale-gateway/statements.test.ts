import { Client, connect, DatabaseError } from "@planetscale/database";
import { eq, sql } from "drizzle-orm";
import { bigint, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGateway } from "../../../dev/planetscale-gateway/gateway.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../../support/mysql.ts";

const SMALL_BODY = 100_000;

describe.skipIf(NO_MYSQL)("statements through the gateway", () => {
  let gateway: FreshGateway;

  const execute = (query: string, args: readonly unknown[] = []) =>
    new Client({ url: gateway.url }).execute(query, [...args]);

  beforeAll(async () => {
    gateway = await freshGateway({ limits: { rows: 1_000, bodyBytes: SMALL_BODY } });
    await execute(
      "CREATE TABLE items (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) UNIQUE, n INT NOT NULL DEFAULT 0)",
    );
  });

  afterAll(() => gateway.close());

  test("an insert answers its first id and how many rows there were", async () => {
    const first = await execute("INSERT INTO items (name) VALUES ('a'), ('b')");
    expect(first).toMatchObject({ insertId: "1", rowsAffected: 2, rows: [], headers: [] });
    await execute("CREATE TABLE large (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY)");
    for (const insertId of ["9007199254740993", "18446744073709551614"]) {
      const large = await execute(`INSERT INTO large VALUES (${insertId})`);
      expect(large).toMatchObject({ insertId, rowsAffected: 1 });
    }
  });

  test("an update counts what it changed, and not what it found", async () => {
    await execute("INSERT INTO items (name, n) VALUES ('count', 1)");
    const same = await execute("UPDATE items SET n = 1 WHERE name = 'count'");
    expect(same).toMatchObject({ insertId: "0", rowsAffected: 0 });
    const changed = await execute("UPDATE items SET n = 2 WHERE name = 'count'");
    expect(changed.rowsAffected).toBe(1);
  });

  test("an upsert counts one for a new row, two for a changed one, none for the same", async () => {
    const upsert = (n: number) =>
      execute("INSERT INTO items (name, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE n = VALUES(n)", [
        "upsert",
        n,
      ]);
    expect((await upsert(1)).rowsAffected).toBe(1);
    expect((await upsert(2)).rowsAffected).toBe(2);
    expect((await upsert(2)).rowsAffected).toBe(0);
  });

  test("DDL answers nothing, and foreign keys are allowed", async () => {
    const parent = await execute("CREATE TABLE parents (id INT PRIMARY KEY)");
    expect(parent).toMatchObject({ rows: [], fields: [], rowsAffected: 0, insertId: "0" });
    await execute("CREATE TABLE children (id INT, FOREIGN KEY (id) REFERENCES parents (id))");
    await expect(execute("INSERT INTO children VALUES (1)")).rejects.toThrow("(errno 1452)");
  });

  test("Drizzle reads and writes as it does in production", async () => {
    const items = mysqlTable("items", {
      id: bigint("id", { mode: "number", unsigned: true }).primaryKey().autoincrement(),
      name: varchar("name", { length: 50 }),
      n: bigint("n", { mode: "number" }).notNull().default(0),
    });
    const database = drizzle(new Client({ url: gateway.url }));
    await database
      .insert(items)
      .values({ name: "drizzle", n: 7 })
      .onDuplicateKeyUpdate({ set: { n: sql`values(n)` } });
    const found = await database.select().from(items).where(eq(items.name, "drizzle"));
    expect(found).toMatchObject([{ name: "drizzle", n: 7 }]);
  });

  test.for([
    [
      "INSERT INTO items (name) VALUES ('twice'), ('twice')",
      "ALREADY_EXISTS",
      "AlreadyExists",
      "errno 1062) (sqlstate 23000",
    ],
    ["SELEC 1", "UNIMPLEMENTED", "Unimplemented", "errno 1235) (sqlstate 42000"],
    ["SELECT FROM", "INVALID_ARGUMENT", "InvalidArgument", "errno 1064) (sqlstate 42000"],
    ["SELECT 1 FROM missing", "NOT_FOUND", "NotFound", "errno 1146) (sqlstate 42S02"],
    ["SELECT nobody FROM items", "UNKNOWN", "Unknown", "errno 1054) (sqlstate 42S22"],
    ["", "UNKNOWN", "Unknown", "errno 1065) (sqlstate 42000"],
  ] as const)("%s is refused as %s", async ([query, code, name, numbers]) => {
    const error = await execute(query).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ status: 400, body: { code } });
    const { database } = gateway.address;
    const start = `target: ${database}.-.primary: vttablet: rpc error: code = ${name} desc = `;
    expect(String(error)).toContain(start);
    expect(String(error)).toContain(`(${numbers})`);
  });

  test("two statements in one are refused, and neither is done", async () => {
    await expect(
      execute("INSERT INTO items (name) VALUES ('one'); DELETE FROM items"),
    ).rejects.toThrow("(errno 1064)");
    const { rows } = await execute("SELECT 1 FROM items WHERE name = 'one'");
    expect(rows).toEqual([]);
    expect((await execute("SELECT 1 AS one;")).rows).toEqual([{ one: 1 }]);
  });

  test("what PlanetScale has not is refused before the server sees it", async () => {
    await expect(execute("INSERT INTO items (name) VALUES ('r') RETURNING id")).rejects.toThrow(
      "code = Unimplemented desc = VT12001: unsupported: RETURNING (errno 1235) (sqlstate 42000)",
    );
    expect((await execute("SELECT 1 FROM items WHERE name = 'r'")).rows).toEqual([]);
  });

  test("a result of as many rows as may be comes whole, and one of more is an error", async () => {
    const numbers = (most: number) =>
      `WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < ${most}) SELECT i FROM s`;
    expect((await execute(numbers(1_000))).size).toBe(1_000);
    await expect(execute(numbers(1_001))).rejects.toThrow(
      "code = ResourceExhausted desc = Row count exceeded 1000 (errno 10001)",
    );
    expect((await execute(numbers(2))).size).toBe(2);
  });

  test("a connection that refreshes has a session, and goes on with it", async () => {
    const connection = connect({ url: gateway.url });
    await connection.refresh();
    expect((await connection.execute("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test.for([
    ["a wrong password", "tester", "wrong"],
    ["a wrong user", "nobody", "pscale_pw_test"],
    ["an empty password", "tester", ""],
    ["nothing at all", "", ""],
  ] as const)("%s is refused", async ([, username, password]) => {
    const url = new URL(gateway.url);
    Object.assign(url, { username, password });
    await expect(connect({ url: `${url}` }).execute("SELECT 1")).rejects.toMatchObject({
      status: 401,
      body: { code: "UNAUTHENTICATED" },
    });
  });

  test.for(["", "with:colon", "per%cent", "ü"])(
    "it does not start with the password %j",
    async (password) => {
      const options = { mysql: gateway.address, port: 0, user: "tester", password };
      await expect(startGateway(options)).rejects.toThrow("the gateway's password");
    },
  );

  const post = (path: string, init: RequestInit = {}) => {
    const { origin, username, password } = new URL(gateway.url);
    const Authorization = `Basic ${btoa(`${username}:${password}`)}`;
    return fetch(`${origin}${path}`, { method: "POST", headers: { Authorization }, ...init });
  };

  const EXECUTE = "/psdb.v1alpha1.Database/Execute";

  test.for([
    ["another path", "/elsewhere", {}, 404, "NOT_FOUND"],
    ["another method", EXECUTE, { method: "GET" }, 405, "UNIMPLEMENTED"],
    ["no JSON", EXECUTE, { body: "{" }, 400, "INVALID_ARGUMENT"],
    ["a list", EXECUTE, { body: "[]" }, 400, "INVALID_ARGUMENT"],
    ["no query", EXECUTE, { body: "{}" }, 400, "INVALID_ARGUMENT"],
    [
      "a session of one's own",
      EXECUTE,
      { body: '{"query":"SELECT 1","session":{}}' },
      400,
      "INVALID_ARGUMENT",
    ],
    [
      "a body that is too large",
      EXECUTE,
      { body: "x".repeat(SMALL_BODY + 1) },
      413,
      "RESOURCE_EXHAUSTED",
    ],
  ] as const)("%s is refused with JSON", async ([, path, init, status, code]) => {
    const response = await post(path, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  test("the answer has no more in it than proto3-JSON has", async () => {
    const body = JSON.stringify({ query: "SELECT null AS a, '' AS b, 5 AS c", session: null });
    const answer = await (await post(EXECUTE, { body })).json();
    expect(answer).toMatchObject({
      session: {
        signature: expect.any(String),
        vitessSession: { autocommit: true, targetString: gateway.address.database },
      },
      result: { rows: [{ lengths: ["-1", "0", "1"], values: "NQ==" }] },
      timing: expect.any(Number),
    });
    expect(answer).not.toHaveProperty("error");
    expect(answer).not.toHaveProperty("session.vitessSession.inTransaction");
    expect(answer).not.toHaveProperty("result.fields.0.type");
    expect(answer).not.toHaveProperty("result.insertId");
  });
});
