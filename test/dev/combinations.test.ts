import { describe } from "vitest";
import { countsEndToEnd, type Stores } from "../support/end-to-end.ts";
import { NO_MYSQL } from "../support/mysql.ts";
import { NO_REDIS } from "../support/redis.ts";

const COMBINATIONS: readonly Stores[] = [
  { database: "d1", readModel: "objects" },
  { database: "mysql", readModel: "objects" },
  { database: "d1", readModel: "redis" },
  { database: "mysql", readModel: "redis" },
];

for (const stores of COMBINATIONS) {
  const { database, readModel } = stores;
  const skip = (database === "mysql" && NO_MYSQL) || (readModel === "redis" && NO_REDIS);
  describe(`DATABASE=${database} and READ_MODEL=${readModel}`, { concurrent: true, skip }, () =>
    countsEndToEnd(stores),
  );
}
