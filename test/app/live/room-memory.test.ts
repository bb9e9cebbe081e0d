import { expect, test } from "vitest";
import { roomStore } from "../../../src/adapters/objects/room-store.ts";
import { VersionBlocks } from "../../../src/app/live/version-blocks.ts";
import { type Stamp, stamp } from "../../../src/core/stamp.ts";
import type { Correction, Unanswered } from "../../../src/ports/room-store.ts";
import { ObjectDisk } from "../../support/object-disk.ts";

const BORN = Date.UTC(2026, 10, 21);

const storeOn = (disk: ObjectDisk) => {
  disk.flush();
  return roomStore(disk.open(), BORN, () => undefined);
};

const hold: Correction = {
  tier: "hold",
  since: BORN,
  before: 100,
  counted: 80,
  held: { viewers: 100, peak: 120, total: 300, uniqueToday: 200 },
  askedAt: null,
  nextAt: BORN + 20_000,
  deadline: BORN + 70_000,
};

test("a correction is what it was after a wake, until it is over", () => {
  const disk = new ObjectDisk();
  expect(storeOn(disk).correction()).toBeUndefined();
  const census: Correction = { ...hold, tier: "census", askedAt: BORN + 1 };
  const batches: Correction = { ...hold, tier: "batches", held: null };
  for (const correction of [hold, census, batches]) {
    storeOn(disk).saveCorrection(correction);
    expect(storeOn(disk).correction()).toEqual(correction);
  }
  storeOn(disk).saveCorrection(undefined);
  expect(storeOn(disk).correction()).toBeUndefined();
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '{"tier":"hold"}',
  JSON.stringify({ ...hold, tier: "guess" }),
  JSON.stringify({ ...hold, held: null }),
  JSON.stringify({ ...hold, held: { viewers: 1 } }),
  JSON.stringify({ ...hold, deadline: "soon" }),
  JSON.stringify({ ...hold, deadline: null }),
])("no number is held for %s", (text) => {
  const disk = new ObjectDisk();
  storeOn(disk).saveCorrection(hold);
  disk.flush();
  disk.open().sql.exec("UPDATE meta SET value = ? WHERE name = 'correction'", text);
  expect(storeOn(disk).correction()).toBeUndefined();
});

test("what was not answered is what it was after a wake, for whom it was, until it is answered", () => {
  const disk = new ObjectDisk();
  expect(storeOn(disk).unanswered("readmodel")).toBeUndefined();
  const unanswered: Unanswered = { failures: 0, since: BORN, triedAt: BORN + 1 };
  for (const next of [unanswered, { ...unanswered, failures: 7, triedAt: BORN + 2 }]) {
    storeOn(disk).saveUnanswered("readmodel", next);
    expect(storeOn(disk).unanswered("readmodel")).toEqual(next);
    expect(storeOn(disk).unanswered("rankings")).toBeUndefined();
  }
  storeOn(disk).saveUnanswered("readmodel", undefined);
  expect(storeOn(disk).unanswered("readmodel")).toBeUndefined();
});

test.each(["1", "1 2", "1 2 soon", "-", "{}", "1.5 2 3"])("nothing is unanswered by %s", (text) => {
  const disk = new ObjectDisk();
  storeOn(disk).saveUnanswered("readmodel", { failures: 1, since: BORN, triedAt: BORN });
  disk.flush();
  disk.open().sql.exec("UPDATE meta SET value = ? WHERE name = 'unanswered:readmodel'", text);
  expect(storeOn(disk).unanswered("readmodel")).toBeUndefined();
});

test.each([
  ["a larger version", stamp(BORN, 5_000_000)],
  ["a later generation", stamp(BORN + 1, 0)],
  ["an older one", stamp(BORN - 1, 9_000_000)],
  ["the last version there can be", `${stamp(BORN, 0).split("-")[0]}-zzzzzzzzzzz` as Stamp],
])(
  "after %s of somebody else every stamp is above it and above the room's own, also in later lives",
  (_, foreign) => {
    const disk = new ObjectDisk();
    const versions = new VersionBlocks(storeOn(disk));
    let last = versions.next();
    expect(versions.riseAbove(foreign)).toBe(true);
    for (let life = 0; life < 3; life += 1) {
      const later = life === 0 ? versions : new VersionBlocks(storeOn(disk));
      for (let i = 0; i < 1_500; i += 1) {
        const next = later.next();
        expect(next > last).toBe(true);
        expect(next > foreign).toBe(true);
        last = next;
      }
    }
  },
);

test.each(["~~~", "", "-1", "zzzzzzzzz-00000000001"])(
  "nothing rises above %s, and the room's own stamps go on",
  (foreign) => {
    const disk = new ObjectDisk();
    const versions = new VersionBlocks(storeOn(disk));
    const before = versions.next();
    expect(versions.riseAbove(foreign as Stamp)).toBe(false);
    expect(versions.next()).toBe(stamp(BORN, 2));
    expect(before).toBe(stamp(BORN, 1));
  },
);
