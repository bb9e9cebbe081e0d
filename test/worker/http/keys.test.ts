import { describe } from "vitest";

/*
 * Who may, and what becomes of a call that is made twice.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("keys", async () => {
  await import("./keys.part.ts");
});

describe("repeats", async () => {
  await import("./repeats.part.ts");
});
