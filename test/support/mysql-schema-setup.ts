/** Set-up of the tests of the MySQL adapter in workerd: databases with the schema, and a gateway that speaks to each. */
import { createConnection } from "mysql2/promise";
import type { TestProject } from "vitest/node";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { type Gateway, startGateway } from "../../dev/planetscale-gateway/gateway.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** As `DATABASE_URL` takes it; empty where there is no MariaDB. */
    databaseUrl: string;
    /** The same of another database, for who lets years pass in it. */
    ageingDatabaseUrl: string;
  }
}

export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const { mysqlSocket: socketPath } = project.getProvidedContext();
  if (socketPath === "") {
    project.provide("databaseUrl", "");
    project.provide("ageingDatabaseUrl", "");
    return undefined;
  }
  const [workers, ageing] = await Promise.all(
    ["workers", "ageing"].map((name) => openDatabase(socketPath, name)),
  );
  if (workers === undefined || ageing === undefined) throw new Error("a database is missing");
  project.provide("databaseUrl", workers.url);
  project.provide("ageingDatabaseUrl", ageing.url);
  return async () => {
    await Promise.all([workers.close(), ageing.close()]);
  };
};

const openDatabase = async (socketPath: string, database: string): Promise<Gateway> => {
  const root = { socketPath, user: "root" };
  const connection = await createConnection(root);
  await connection.query(`CREATE DATABASE ${database}`);
  await connection.end();
  const gateway = await startGateway({
    mysql: { ...root, database },
    port: 0,
    user: "tester",
    password: "of-the-tests",
  });
  await migrateMySql(gateway.url);
  return gateway;
};
