import { describe } from "vitest";

/*
 * The objects that rank.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("live streams", async () => {
  await import("./rankings.part.ts");
});

describe("views", async () => {
  await import("./view-rankings.part.ts");
});
