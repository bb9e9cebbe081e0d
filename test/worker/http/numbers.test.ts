import { describe } from "vitest";

/*
 * What readers are told of numbers over time.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("rankings", async () => {
  await import("./rankings.part.ts");
});

describe("statistics", async () => {
  await import("./stats.part.ts");
});

describe("regions", async () => {
  await import("./regions.part.ts");
});
