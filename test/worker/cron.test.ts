import { describe } from "vitest";

/*
 * What happens by itself.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("crons", async () => {
  await import("./cron.part.ts");
});

describe("upkeep", async () => {
  await import("./upkeep.part.ts");
});
