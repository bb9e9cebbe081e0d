import { describe } from "vitest";

/*
 * What every store promises, of those that need nothing but the runtime and a Redis.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("D1", async () => {
  await import("./d1-database.part.ts");
});

describe("R2", async () => {
  await import("./r2-raw-log.part.ts");
});

describe("Redis", async () => {
  await import("./redis-read-model.part.ts");
});
