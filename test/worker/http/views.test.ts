import { describe } from "vitest";

/*
 * How a view is counted, from the first request to the last.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("minting", async () => {
  await import("./mint.part.ts");
});

describe("events of servers", async () => {
  await import("./events.part.ts");
});

describe("waiting", async () => {
  await import("./wait.part.ts");
});
