import { describe } from "vitest";

/*
 * What operators ask for.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

// First: what it is told depends on what shards have sent.
describe("correcting", async () => {
  await import("./admin-correction.part.ts");
});

describe("orders of operators", async () => {
  await import("./admin-orders.part.ts");
});

describe("the audit", async () => {
  await import("./admin-audit.part.ts");
});

describe("streams", async () => {
  await import("./admin-streams.part.ts");
});

describe("restating", async () => {
  await import("./restate.part.ts");
});

describe("excluding", async () => {
  await import("./admin-exclusions.part.ts");
});
