import { describe, expect, test } from "vitest";
import { combinations } from "../../support/combinations.ts";
import { stream } from "../../support/live-fakes.ts";
import { roomNumbers, StreamLadder } from "../../support/stream-ladder.ts";

const A = stream("a");
const MINUTE = 60_000;

const readA = async (ladder: StreamLadder) => {
  const read = await ladder.streams.read(A);
  return read.status === "read" ? read.count : read;
};

/** With everything under the database away. */
const silent = (withReadModel = true) => {
  const ladder = new StreamLadder(withReadModel);
  ladder.register(A);
  ladder.down.add("readmodel").add("object");
  return ladder;
};

describe("whichever rungs fail, a live stream is told by the first that knows, and never with an error", () => {
  const cases = combinations({
    readmodel: ["none", "tells", "absent", "fails"],
    registry: ["tells", "fails"],
    room: ["tells", "fails"],
    database: ["tells", "absent", "fails"],
    memory: ["tells", "absent"],
  });

  test.each(cases)("$readmodel $registry $room $database $memory", async (made) => {
    const { readmodel, registry, room, database, memory } = made;
    const ladder = new StreamLadder(readmodel !== "none");
    const { time, down, objects } = ladder;
    ladder.register(A);
    objects.numbers.set(A, roomNumbers(A, { viewers: 5, asOf: time.now() }));
    if (memory === "tells") await ladder.streams.readStrong(A);
    await time.pass(10_000);
    ladder.calls.length = 0;
    objects.numbers.set(A, roomNumbers(A, { viewers: 7, asOf: time.now() }));
    const published = roomNumbers(A, { viewers: 8, asOf: time.now() });
    if (readmodel === "tells") ladder.published.numbers.set(A, published);
    if (database === "tells") ladder.save(A, { viewers: 6, asOf: time.now() - 4 * MINUTE });
    if (readmodel === "fails") down.add("readmodel");
    if (registry === "fails") down.add("registry");
    if (room === "fails") down.add("object");
    if (database === "fails") down.add("database");

    const byReadModel = readmodel === "tells";
    const byRoom = !byReadModel && registry === "tells" && room === "tells";
    const answer = byReadModel
      ? { viewers: 8, source: "readmodel", recent: 1 }
      : byRoom
        ? { viewers: 7, source: "room", recent: 1 }
        : memory === "tells"
          ? { viewers: 5, source: "memo", stale: true }
          : database === "tells"
            ? { viewers: 6, source: "database", stale: true }
            : { status: "aggregating" };
    const read = await ladder.streams.read(A);
    expect(read).toMatchObject({ status: "read", count: { stream: "a", ...answer } });
    expect(read).toMatchObject({ maxAgeSeconds: byReadModel || byRoom ? 1 : 0 });
    expect(ladder.calls).toEqual(
      [
        readmodel === "none" ? [] : "readmodel",
        byReadModel ? [] : "registry",
        byReadModel || registry === "fails" ? [] : "object",
        byReadModel || byRoom ? [] : "database",
      ].flat(),
    );
    expect("stale" in answer).toBe("stale" in (await readA(ladder)));
  });
});

test("readers at the same time share one way down, and the memo's life asks nobody", async () => {
  const ladder = new StreamLadder(true);
  ladder.published.numbers.set(A, roomNumbers(A, { viewers: 8, asOf: ladder.time.now() }));
  await Promise.all(Array.from({ length: 20 }, () => readA(ladder)));
  expect(await readA(ladder)).toMatchObject({ source: "memo", viewers: 8 });
  expect(ladder.calls).toEqual(["readmodel"]);
});

test("what the registry does not know is unknown, and a planned stream has zeros, whatever else is away", async () => {
  const ladder = silent();
  ladder.registered.clear();
  ladder.down.add("database");
  expect(await readA(ladder)).toEqual({ status: "unknown-stream" });
  ladder.register(A, { status: "planned" });
  expect(await readA(ladder)).toMatchObject({ status: "planned", viewers: 0, source: "database" });
  expect(ladder.calls).not.toContain("object");
});

describe("what the database has", () => {
  test("says nothing of who came lately, which nobody knows any more", async () => {
    const ladder = silent();
    ladder.save(A, { viewers: 6, peak: 9, total: 20, uniqueToday: 8, asOf: ladder.time.now() - 1 });
    expect(await readA(ladder)).toEqual({
      stream: "a",
      status: "live",
      viewers: 6,
      peak: 9,
      total: 20,
      uniqueToday: 8,
      asOf: ladder.time.now() - 1,
      source: "database",
      stale: true,
    });
  });

  test("is shown as live for six minutes, and an end for good", async () => {
    const ladder = silent();
    ladder.save(A, { viewers: 6 });
    await ladder.time.pass(6 * MINUTE - 1);
    expect(await readA(ladder)).toMatchObject({ viewers: 6, source: "database" });
    await ladder.time.pass(1);
    expect(await readA(ladder)).toEqual({ stream: "a", status: "aggregating" });
    ladder.save(A, { status: "ended", peak: 9, asOf: 1 });
    expect(await readA(ladder)).toMatchObject({ status: "ended", peak: 9, source: "database" });
  });

  test("is told before what memory has when it is younger, and is not remembered", async () => {
    const ladder = new StreamLadder(false);
    ladder.register(A);
    ladder.objects.numbers.set(A, roomNumbers(A, { viewers: 5, asOf: ladder.time.now() }));
    await ladder.streams.read(A);
    await ladder.time.pass(10_000);
    ladder.down.add("object");
    ladder.save(A, { viewers: 6 });
    expect(await readA(ladder)).toMatchObject({ viewers: 6, source: "database" });
    ladder.down.add("database");
    expect(await readA(ladder)).toMatchObject({ viewers: 5, source: "memo" });
  });

  test("is no end of a stream that began anew", async () => {
    const ladder = silent();
    ladder.save(A, { status: "ended", asOf: 1_000 });
    ladder.register(A, { startedAt: 2_000 });
    expect(await readA(ladder)).toEqual({ stream: "a", status: "aggregating" });
    ladder.register(A, { startedAt: 500 });
    expect(await readA(ladder)).toMatchObject({ status: "ended" });
  });
});

test("a strong read asks the room alone, past read model and database, or is none", async () => {
  const ladder = new StreamLadder(true);
  ladder.register(A);
  ladder.published.numbers.set(A, roomNumbers(A, { viewers: 8 }));
  ladder.objects.numbers.set(A, roomNumbers(A, { viewers: 7 }));
  ladder.save(A, { viewers: 6 });
  expect(await ladder.streams.readStrong(A)).toMatchObject({ count: { viewers: 7 } });
  ladder.down.add("object");
  expect(await ladder.streams.readStrong(A)).toEqual({ status: "no-room" });
  ladder.down.add("registry");
  expect(await ladder.streams.readStrong(A)).toEqual({ status: "no-registry" });
  expect(new Set(ladder.calls)).toEqual(new Set(["registry", "object"]));
});
