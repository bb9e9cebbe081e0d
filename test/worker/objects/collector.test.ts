import { describe } from "vitest";

/*
 * What stands before a Tally.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("a Collector", async () => {
  await import("./collector.part.ts");
});

describe("salts", async () => {
  await import("./salts.part.ts");
});
