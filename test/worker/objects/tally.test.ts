import { describe } from "vitest";

/*
 * A Tally's life, from its first chunk to the closing of its hours.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("a Tally", async () => {
  await import("./tally.part.ts");
});

describe("closing", async () => {
  await import("./closing.part.ts");
});

describe("slots", async () => {
  await import("./slots.part.ts");
});
