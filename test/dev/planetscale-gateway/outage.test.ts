import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@planetscale/database";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type MariaDb, startMariaDb } from "../../../dev/mysql/mariadb.ts";
import { type Gateway, startGateway } from "../../../dev/planetscale-gateway/gateway.ts";
import { FAST_SETTINGS } from "../../support/mariadb-setup.ts";
import { freshDatabase, NO_MYSQL } from "../../support/mysql.ts";

describe.skipIf(NO_MYSQL)("a MariaDB that goes away", () => {
  // Its log has to outlive the kill, or it does not start again.
  const settings = FAST_SETTINGS.filter((setting) => !setting.includes("doublewrite"));
  let directory: string;
  let server: MariaDb;
  let gateway: Gateway;

  const start = async () => {
    server = await startMariaDb({ directory, settings });
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "headcount-outage-"));
    await start();
    const { address } = await freshDatabase(server.socketPath);
    const limits = { connectMs: 500 };
    gateway = await startGateway({
      ...{ mysql: address, port: 0, limits },
      user: "u",
      password: "p",
    });
  });

  afterAll(async () => {
    await gateway.close();
    await server.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  const select = () => connect({ url: gateway.url }).execute("SELECT 1 AS one");

  const UNAVAILABLE = {
    status: 400,
    body: {
      code: "UNAVAILABLE",
      message: expect.stringMatching(
        /^target: t_\w+\.-\.primary: vttablet: rpc error: code = Unavailable desc = [^()]+$/,
      ),
    },
  };

  test.for(["stop", "kill"] as const)(
    "%s: unavailable at once, and back by itself",
    async (end) => {
      const open = connect({ url: gateway.url });
      await Promise.all(Array.from({ length: 10 }, select));
      await open.execute("BEGIN");
      await server[end]();
      const started = performance.now();
      await expect(select()).rejects.toMatchObject(UNAVAILABLE);
      await expect(open.execute("SELECT 1")).rejects.toMatchObject(UNAVAILABLE);
      expect(performance.now() - started).toBeLessThan(2_000);
      await start();
      for (let round = 0; round < 20; round += 1) expect((await select()).size).toBe(1);
      await expect(open.execute("SELECT 1")).rejects.toThrow(/transaction \d+: not found/);
      await expect(open.execute("ROLLBACK")).rejects.toThrow(/transaction \d+: not found/);
      expect((await open.execute("SELECT 1")).size).toBe(1);
    },
  );

  test("a statement that it dies under is an error of no number: it may have been done", async () => {
    const asleep = connect({ url: gateway.url })
      .execute("SELECT SLEEP(60)")
      .catch((thrown: unknown) => thrown);
    await vi.waitFor(
      async () => {
        const { rows } = await connect({ url: gateway.url }).execute(
          "SELECT id FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)'",
        );
        expect(rows).toHaveLength(1);
      },
      { timeout: 10_000 },
    );
    await server.kill();
    expect(await asleep).toMatchObject(UNAVAILABLE);
    await start();
    expect((await select()).size).toBe(1);
  });

  test("one that hangs is unavailable when the time to connect is over", async () => {
    const patient = await startGateway({
      ...{ mysql: { socketPath: server.socketPath, user: "root", database: "mysql" }, port: 0 },
      ...{ user: "u", password: "p", limits: { connectMs: 200 } },
    });
    process.kill(server.pid, "SIGSTOP");
    try {
      await expect(connect({ url: patient.url }).execute("SELECT 1")).rejects.toThrow(
        "code = Unavailable desc = no connection to the primary: connect ETIMEDOUT",
      );
    } finally {
      process.kill(server.pid, "SIGCONT");
    }
    expect((await connect({ url: patient.url }).execute("SELECT 1")).size).toBe(1);
    await patient.close();
  });
});
