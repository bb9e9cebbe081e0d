import { describe } from "vitest";

/*
 * Rooms in the real runtime.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

describe("over HTTP", async () => {
  await import("./http.part.ts");
});

describe("a room", async () => {
  await import("./room.part.ts");
});

describe("what lasts", async () => {
  await import("./lasting.part.ts");
});

describe("a model of a room", async () => {
  await import("./model.part.ts");
});

describe("deleting a user", async () => {
  await import("./delete-user.part.ts");
});
