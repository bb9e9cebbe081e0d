import { Client, connect } from "@planetscale/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FaultKind } from "../../../dev/planetscale-gateway/faults.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../../support/mysql.ts";

describe.skipIf(NO_MYSQL)("faults by script", () => {
  const statements: string[] = [];
  let gateway: FreshGateway;
  let client: Client;

  beforeAll(async () => {
    gateway = await freshGateway({ onStatement: (sql) => statements.push(sql) });
    client = new Client({ url: gateway.url });
    await client.execute("CREATE TABLE items (id INT PRIMARY KEY)");
  });

  beforeEach(() => client.execute("DELETE FROM items"));

  afterEach(() => gateway.faults.clear());

  afterAll(() => gateway.close());

  const ids = async () =>
    (await client.execute("SELECT id FROM items ORDER BY id", null, { as: "array" })).rows.flat();

  const onInsert = (fault: FaultKind) => gateway.faults.add({ when: /^INSERT/, fault });

  const insert = (id: number) => client.execute("INSERT INTO items VALUES (?)", [id]);

  test("refused: nothing is done, and the client has an error of the network", async () => {
    onInsert({ kind: "refuse" });
    await expect(insert(1)).rejects.toThrow("fetch failed");
    expect(await ids()).toEqual([]);
  });

  test("a status: nothing is done, with JSON or without", async () => {
    onInsert({ kind: "status", status: 500, body: "json" });
    onInsert({ kind: "status", status: 502, body: "html" });
    await expect(insert(1)).rejects.toMatchObject({ status: 500, body: { code: "UNAVAILABLE" } });
    await expect(insert(1)).rejects.toMatchObject({ status: 502, name: "UnknownError" });
    expect(await ids()).toEqual([]);
  });

  test("cut: it is done, and half of the answer is an error", async () => {
    onInsert({ kind: "cut" });
    await expect(insert(1)).rejects.toThrow("terminated");
    expect(await ids()).toEqual([1]);
  });

  test("applied and dropped: it is done before the client hears that it failed", async () => {
    onInsert({ kind: "apply-and-drop" });
    await expect(insert(1)).rejects.toThrow("fetch failed");
    expect(await ids()).toEqual([1]);
  });

  test("a COMMIT that is applied and dropped is a commit", async () => {
    gateway.faults.add({ when: /^COMMIT$/, fault: { kind: "apply-and-drop" } });
    const connection = connect({ url: gateway.url });
    await connection.execute("BEGIN");
    await connection.execute("INSERT INTO items VALUES (1)");
    await expect(connection.execute("COMMIT")).rejects.toThrow("fetch failed");
    await expect(connection.execute("ROLLBACK")).rejects.toThrow("not found");
    expect(await ids()).toEqual([1]);
  });

  test("an error of the server: nothing is done", async () => {
    const message = "direct DDL is disabled";
    onInsert({ kind: "sql-error", errno: 1105, message });
    await expect(insert(1)).rejects.toThrow(`${message} (errno 1105) (sqlstate HY000)`);
    onInsert({ kind: "sql-error", errno: 1213 });
    await expect(insert(1)).rejects.toThrow("(errno 1213) (sqlstate 40001)");
    expect(await ids()).toEqual([]);
  });

  test("a deadlock rolls its transaction back", async () => {
    const transaction = client.transaction(async (inside) => {
      await inside.execute("INSERT INTO items VALUES (1)");
      onInsert({ kind: "sql-error", errno: 1213 });
      await inside.execute("INSERT INTO items VALUES (2)");
    });
    await expect(transaction).rejects.toThrow("errno 1213");
    expect(await ids()).toEqual([]);
  });

  test("a delay: it is done later, and answered", async () => {
    onInsert({ kind: "delay", ms: 50 });
    const started = performance.now();
    await insert(1);
    expect(performance.now() - started).toBeGreaterThan(45);
    expect(await ids()).toEqual([1]);
  });

  test("a delay that the client does not wait for: it is done all the same, and waited for by whoever asks", async () => {
    onInsert({ kind: "delay", ms: 50 });
    const impatient = new Client({
      url: gateway.url,
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(20) }),
    });
    await expect(impatient.execute("INSERT INTO items VALUES (1)")).rejects.toThrow("timeout");
    await gateway.faults.settled();
    expect(await ids()).toEqual([1]);
  });

  test("twice: it is done two times, and the second one is answered", async () => {
    await insert(1);
    gateway.faults.add({ when: /^UPDATE/, fault: { kind: "twice" } });
    await client.execute("UPDATE items SET id = id + 1");
    expect(await ids()).toEqual([3]);
    onInsert({ kind: "twice" });
    await expect(insert(1)).rejects.toThrow("errno 1062");
    expect(await ids()).toEqual([1, 3]);
  });

  test("held: the client gives up at once, and it is done when it is let go", async () => {
    const gate = Promise.withResolvers<void>();
    onInsert({ kind: "hold", until: gate.promise });
    await expect(insert(1)).rejects.toThrow("fetch failed");
    await insert(2);
    expect(await ids()).toEqual([2]);
    gate.resolve();
    await gateway.faults.settled();
    expect(await ids()).toEqual([1, 2]);
  });

  test("held and then given up: it is never done", async () => {
    const gate = Promise.withResolvers<void>();
    onInsert({ kind: "hold", until: gate.promise });
    await expect(insert(1)).rejects.toThrow("fetch failed");
    gate.reject(new Error("given up"));
    await gateway.faults.settled();
    expect(await ids()).toEqual([]);
  });

  test("a rule applies as often as it says, to what it matches alone", async () => {
    gateway.faults.add({
      when: (sql) => sql.includes("VALUES (7)"),
      times: 2,
      fault: { kind: "refuse" },
    });
    await insert(6);
    await expect(insert(7)).rejects.toThrow("fetch failed");
    await expect(insert(7)).rejects.toThrow("fetch failed");
    await insert(7);
    gateway.faults.add({ when: /VALUES/g, times: Infinity, fault: { kind: "refuse" } });
    for (const id of [8, 9, 10]) await expect(insert(id)).rejects.toThrow("fetch failed");
    gateway.faults.clear();
    await insert(8);
    expect(await ids()).toEqual([6, 7, 8]);
  });

  test("a chooser is asked about each statement, until it is taken away", async () => {
    gateway.faults.choose((sql) => (sql.endsWith("(1)") ? { kind: "refuse" } : undefined));
    await expect(insert(1)).rejects.toThrow("fetch failed");
    await insert(2);
    gateway.faults.choose(undefined);
    await insert(1);
    expect(await ids()).toEqual([1, 2]);
  });

  test("every statement is told of as it came, those of a fault too", async () => {
    statements.length = 0;
    onInsert({ kind: "refuse" });
    await expect(client.execute("INSERT INTO items VALUES (?) -- why", [1])).rejects.toThrow();
    await client.execute("SELECT ?", ["it's"]);
    expect(statements).toEqual(["INSERT INTO items VALUES (1) -- why", "SELECT 'it''s'"]);
  });
});
