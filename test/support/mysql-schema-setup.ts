/** Set-up of the tests of the MySQL adapter in workerd: a database with the schema, and a gateway that speaks to it. */
import { createConnection } from "mysql2/promise";
import type { TestProject } from "vitest/node";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { startGateway } from "../../dev/planetscale-gateway/gateway.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** As `DATABASE_URL` takes it; empty where there is no MariaDB. */
    databaseUrl: string;
  }
}

const DATABASE = "workers";

export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const { mysqlSocket: socketPath } = project.getProvidedContext();
  if (socketPath === "") {
    project.provide("databaseUrl", "");
    return undefined;
  }
  const root = { socketPath, user: "root" };
  const connection = await createConnection(root);
  await connection.query(`CREATE DATABASE ${DATABASE}`);
  await connection.end();
  const gateway = await startGateway({
    mysql: { ...root, database: DATABASE },
    port: 0,
    user: "tester",
    password: "of-the-tests",
  });
  await migrateMySql(gateway.url);
  project.provide("databaseUrl", gateway.url);
  return gateway.close;
};
