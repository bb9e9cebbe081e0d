import { describe } from "vitest";

/*
 * What every request meets.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("routes", async () => {
  await import("./routes.part.ts");
});

describe("errors", async () => {
  await import("./errors.part.ts");
});

describe("origins", async () => {
  await import("./cors.part.ts");
});

describe("the door", async () => {
  await import("./door.part.ts");
});

describe("bodies", async () => {
  await import("./bodies.part.ts");
});

describe("limits", async () => {
  await import("./limits.part.ts");
});

describe("scripts", async () => {
  await import("./scripts.part.ts");
});
