import { describe } from "vitest";
import { countsEndToEnd, type Stores } from "../support/end-to-end.ts";
import { NO_MYSQL } from "../support/mysql.ts";

const COMBINATIONS: readonly Stores[] = [
  { database: "d1", readModel: "objects" },
  { database: "mysql", readModel: "objects" },
];

for (const stores of COMBINATIONS) {
  const { database, readModel } = stores;
  const skip = database === "mysql" && NO_MYSQL;
  describe(`DATABASE=${database} and READ_MODEL=${readModel}`, { concurrent: true, skip }, () =>
    countsEndToEnd(stores),
  );
}
