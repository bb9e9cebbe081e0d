import { expect, test } from "vitest";
import { roomStore } from "../../../src/adapters/objects/room-store.ts";
import { VersionBlocks } from "../../../src/app/live/version-blocks.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { ObjectDisk } from "../../support/object-disk.ts";

test("stamps rise above a foreign one, of a later generation too, and stay there after a wake", () => {
  const disk = new ObjectDisk();
  const wake = (now: number) => new VersionBlocks(roomStore(disk.open(), now, () => undefined));
  const first = wake(1_000);
  const own = first.next();
  first.riseAbove(stamp(500, 99));
  expect(first.next() > own).toBe(true);
  const foreign = stamp(2_000, 50);
  first.riseAbove(foreign);
  const risen = first.next();
  expect(risen > foreign).toBe(true);
  first.riseAbove(foreign);
  disk.flush();
  expect(wake(3_000).next() > risen).toBe(true);
});

test("an instance that ends before its first stamp above a foreign one has risen all the same", () => {
  const disk = new ObjectDisk();
  const wake = () => new VersionBlocks(roomStore(disk.open(), 1_000, () => undefined));
  const foreign = stamp(1_000, 5_000_000);
  wake().riseAbove(foreign);
  disk.flush();
  expect(wake().next() > foreign).toBe(true);
});
