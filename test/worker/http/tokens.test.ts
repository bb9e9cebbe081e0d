import { describe } from "vitest";

/*
 * What becomes of tokens.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("tokens", async () => {
  await import("./tokens.part.ts");
});

describe("choosing a Collector", async () => {
  await import("./collectors.part.ts");
});
