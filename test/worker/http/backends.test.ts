import { describe } from "vitest";

/*
 * What is told while databases are away, and survived.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("readers of MySQL", async () => {
  await import("./readers.part.ts");
});

describe("readiness", async () => {
  await import("./readiness.part.ts");
});
