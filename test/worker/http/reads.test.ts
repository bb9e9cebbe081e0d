import { describe } from "vitest";

/*
 * What readers are told of numbers as they are now, and of those in between.
 *
 * In one file, since each file of these tests pays four seconds of a core for a runtime of its own. Hooks of a part are
 * its own as well.
 */

// First: it tells when live numbers were flushed last.
describe("histories", async () => {
  await import("./histories.part.ts");
});

describe("counts", async () => {
  await import("./counts.part.ts");
});

describe("live streams", async () => {
  await import("./streams.part.ts");
});

describe("the registry", async () => {
  await import("./registry.part.ts");
});
