import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIVE_SILENT_MS } from "../../../src/core/limits.ts";
import {
  compare,
  countViewers,
  countWithout,
  type Evidence,
  firstOf,
  heardLately,
  inBoth,
  sizeOf,
} from "../../../src/core/live/census.ts";
import { tierOf } from "../../../src/core/live/drift.ts";
import { ViewerSet } from "../../../src/core/live/viewer-set.ts";

const NOW = 1_000_000;

const connection = fc.record({
  id: fc.integer({ min: 0, max: 40 }).map((id) => `c${id}`),
  kind: fc.constantFrom("socket" as const, "lease" as const),
  role: fc.constantFrom("viewer" as const, "observer" as const),
  visitor: fc.integer({ min: 0, max: 12 }).map((visitor) => `v${visitor}`),
  lastSeen: fc.integer({ min: NOW - 2 * LIVE_SILENT_MS, max: NOW }),
});
const connections = fc.uniqueArray(connection, { selector: ({ id }) => id, maxLength: 40 });

const ids = (differences: { ghosts: ReadonlySet<string>; missing: ReadonlySet<string> }) => ({
  ghosts: [...differences.ghosts],
  missing: [...differences.missing],
});

test("the census counts what the set of viewers counts, knowing nothing of it", () => {
  fc.assert(
    fc.property(connections, (shown) => {
      const set = new ViewerSet();
      for (const one of shown) {
        set.join({ ...one, network: "n", openedAt: one.lastSeen });
      }
      set.look(NOW, () => 0);
      const heard = heardLately(shown, NOW, null);
      expect(countViewers(heard.values())).toBe(set.viewers);
      expect(sizeOf(compare(set.connections(), heard))).toBe(0);
      const before = set.viewers;
      set.recount();
      expect(set.viewers).toBe(before);
    }),
  );
});

test("what two sets differ in, put right, leaves what the evidence counts", () => {
  fc.assert(
    fc.property(connections, connections, (shown, held) => {
      const heard = heardLately(shown, NOW, null);
      // A connection's id says whose it is.
      const known = held.map((one) => ({ ...one, ...heard.get(one.id) }));
      const differences = compare(known, heard);
      expect(countWithout(known, heard, differences)).toBe(countViewers(heard.values()));
      for (const id of differences.ghosts) expect(heard.has(id)).toBe(false);
      for (const id of differences.missing) expect(heard.has(id)).toBe(true);
    }),
  );
});

test("only what is wrong twice is wrong", () => {
  const first = { ghosts: new Set(["a", "b"]), missing: new Set(["c"]) };
  const second = { ghosts: new Set(["b", "c"]), missing: new Set(["a", "c"]) };
  expect(ids(inBoth(first, second))).toEqual({ ghosts: ["b"], missing: ["c"] });
});

test("parts of differences make the whole", () => {
  const all = { ghosts: new Set(["a", "b"]), missing: new Set(["c", "d"]) };
  expect(ids(firstOf(all, 0))).toEqual({ ghosts: [], missing: [] });
  expect(ids(firstOf(all, 1))).toEqual({ ghosts: ["a"], missing: [] });
  expect(ids(firstOf(all, 3))).toEqual({ ghosts: ["a", "b"], missing: ["c"] });
  expect(ids(firstOf(all, 9))).toEqual({ ghosts: ["a", "b"], missing: ["c", "d"] });
});

test("silence of 50 s shows nobody; of sockets that were asked, only an answer shows somebody", () => {
  const one = (id: string, kind: "socket" | "lease", lastSeen: number): Evidence => {
    return { id, kind, role: "viewer", visitor: id, lastSeen };
  };
  const shown = [
    one("silent", "socket", NOW - LIVE_SILENT_MS),
    one("quiet", "socket", NOW - LIVE_SILENT_MS + 1),
    one("answered", "socket", NOW - 10_000),
    one("lease", "lease", NOW - 20_000),
    one("old lease", "lease", NOW - LIVE_SILENT_MS),
  ];
  expect([...heardLately(shown, NOW, null).keys()]).toEqual(["quiet", "answered", "lease"]);
  expect([...heardLately(shown, NOW, NOW - 10_000).keys()]).toEqual(["answered", "lease"]);
});

describe("how much drift is", () => {
  test.each([
    [100, 96, "none"],
    [3, 1, "none"],
    [4, 0, "none"],
    [0, 0, "none"],
    [5, 0, "census"],
    [0, 5, "census"],
    [1_000, 951, "silent"],
    [1_000, 950, "batches"],
    [850, 1_000, "hold"],
    [851, 1_000, "batches"],
    [1_000, 701, "hold"],
    [1_000, 700, "census"],
    [700, 1_000, "census"],
  ] as const)("%i shown and %i counted is %s", (shown, counted, tier) => {
    expect(tierOf(shown, counted)).toBe(tier);
  });
});
