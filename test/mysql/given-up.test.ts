import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import type { FaultKind } from "../../dev/planetscale-gateway/faults.ts";
import { guardedDatabase } from "../../src/adapters/guarded-database.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { explainMySql } from "../../src/adapters/mysql/explain.ts";
import { systemRandom, systemTimers } from "../../src/adapters/runtime/runtime.ts";
import { DATABASE_ATTEMPTS, DATABASE_TIMEOUT_MS } from "../../src/core/limits.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";
import { type Database, DatabaseError } from "../../src/ports/database.ts";
import { content } from "../support/events.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../support/mysql.ts";

const SECRET = content("value-of-somebody");

describe.skipIf(NO_MYSQL)("a statement that fails", () => {
  const statements: string[] = [];
  let gateway: FreshGateway;

  beforeAll(async () => {
    gateway = await freshGateway({ onStatement: (sql) => statements.push(sql) });
    await migrateMySql(gateway.url);
  });

  beforeEach(() => {
    statements.length = 0;
  });

  afterEach(async () => {
    gateway.faults.clear();
    await gateway.faults.settled();
  });

  afterAll(() => gateway.close());

  /** @param timeoutMs of a call; pauses are shorter by as much */
  const guarded = (timeoutMs: number, database = mysqlDatabase(gateway.url)): Database =>
    guardedDatabase(database, {
      explain: explainMySql,
      timers: { start: (ms) => systemTimers.start((ms * timeoutMs) / DATABASE_TIMEOUT_MS) },
      random: systemRandom,
    });

  const onAll = (fault: FaultKind) => gateway.faults.add({ when: /./, times: Infinity, fault });

  const row = {
    ...{ content: SECRET, shard: 0, closed: 0, closedThrough: 0, published: 7 },
    ...{ start: 0, restated: 0 },
    stamp: stamp(1, 1),
  };

  const failureOf = async (call: Promise<unknown>): Promise<DatabaseError> => {
    const thrown = await call.catch((cause: unknown) => cause);
    if (!(thrown instanceof DatabaseError)) throw new Error("not a DatabaseError");
    return thrown;
  };

  const calls = [
    ["a read by Drizzle", ({ counts }: Database) => counts.totals([SECRET])],
    ["a write past it", ({ counts }: Database) => counts.saveTotals([row])],
  ] as const;

  test.for(calls)(
    "%s that hangs is given up in time, and tried a bounded number of times",
    async ([, call]) => {
      onAll({ kind: "delay", ms: 400 });
      const startedAt = performance.now();
      const failure = await failureOf(call(guarded(50)));
      expect(performance.now() - startedAt).toBeLessThan(380);
      expect(failure.transient).toBe(true);
      expect(failure.message).toMatch(/^database\.\w+ did not answer within 10000 ms$/);
      expect(statements).toHaveLength(DATABASE_ATTEMPTS);
    },
  );

  test.for(calls)(
    "%s that hangs ends by the statement's own timeout before its call's",
    async ([, call]) => {
      onAll({ kind: "delay", ms: 400 });
      const impatient = mysqlDatabase(gateway.url, 30);
      const failure = await failureOf(call(guarded(DATABASE_TIMEOUT_MS, impatient)));
      expect(failure).toMatchObject({ transient: true });
      expect(failure.message).toMatch(/^database\.\w+: TimeoutError: no answer$/);
      expect(statements).toHaveLength(DATABASE_ATTEMPTS);
    },
  );

  test.for(calls)(
    "%s whose connection is cut and that arrives later is tried again at once",
    async ([, call]) => {
      const gate = Promise.withResolvers<void>();
      gateway.faults.add({ when: /./, fault: { kind: "hold", until: gate.promise } });
      await call(guarded(DATABASE_TIMEOUT_MS));
      expect(statements).toHaveLength(2);
      gate.resolve();
    },
  );

  test.for(calls)("%s that meets a deadlock once succeeds at the second try", async ([, call]) => {
    gateway.faults.add({ when: /./, fault: { kind: "sql-error", errno: 1213 } });
    await call(guarded(DATABASE_TIMEOUT_MS));
    expect(statements).toHaveLength(2);
  });

  test.for(calls)("%s that is wrong is tried once", async ([, call]) => {
    onAll({ kind: "sql-error", errno: 1064 });
    const failure = await failureOf(call(guarded(DATABASE_TIMEOUT_MS)));
    expect(failure).toMatchObject({ transient: false });
    expect(failure.message).toMatch(/^database\.\w+: MySQL error 1064$/);
    expect(statements).toHaveLength(1);
  });

  test("the answer to a COMMIT may be lost: the transaction is repeated, and is there once", async () => {
    gateway.faults.add({ when: /^COMMIT$/i, fault: { kind: "apply-and-drop" } });
    const { contents } = guarded(DATABASE_TIMEOUT_MS);
    const audit: AuditEntry = {
      ...{ id: crypto.randomUUID(), at: 1, actor: "admin", action: "content.put" },
      ...{ subject: SECRET, before: undefined, after: undefined },
    };
    await contents.putContent({ id: SECRET, startViews: 1 }, audit);
    expect(statements.filter((sql) => /^COMMIT$/i.test(sql))).toHaveLength(2);
    expect(await contents.content(SECRET)).toMatchObject({ startViews: 1 });
  });

  describe("tells neither the statement nor its values", () => {
    const faults: readonly FaultKind[] = [
      { kind: "sql-error", errno: 1062, message: `Duplicate entry '${SECRET}' in INSERT` },
      { kind: "sql-error", errno: 1213, message: `SELECT ${SECRET} view_totals` },
      { kind: "status", status: 500, body: "json" },
      { kind: "status", status: 502, body: "html" },
      { kind: "refuse" },
      { kind: "cut" },
      { kind: "apply-and-drop" },
      { kind: "delay", ms: 200 },
    ];
    for (const [name, call] of calls) {
      test.for(faults)(`${name}, %o`, async (fault) => {
        onAll(fault);
        const failure = await failureOf(call(guarded(30)));
        const told = `${failure.stack} ${failure.message} ${JSON.stringify(failure)}`;
        expect(told).not.toMatch(/select|insert|view_totals|value-of-somebody/i);
        expect(failure.cause).toBeUndefined();
      });
    }

    test("of a table that is not there", async () => {
      const bare = await freshGateway();
      const failure = await failureOf(
        guardedDatabase(mysqlDatabase(bare.url), {
          ...{ explain: explainMySql, timers: systemTimers, random: systemRandom },
        }).counts.totals([SECRET]),
      );
      expect(failure.message).toBe("database.totals: MySQL error 1146");
      await bare.close();
    });
  });
});
