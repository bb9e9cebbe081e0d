import { describe, expect, test } from "vitest";
import type { SuspectMode } from "../../../src/core/suspicion/held.ts";
import type { Suspicion } from "../../../src/ports/suspicion-tables.ts";
import { makeEvent } from "../../support/events.ts";
import { MemorySuspicions } from "../../support/memory-suspicions.ts";
import { ObjectDisk } from "../../support/object-disk.ts";
import { TallyHarness } from "../../support/tally-harness.ts";
import { networkKey, visitorKey } from "../../support/view-traffic.ts";

const NOW = Date.UTC(2026, 10, 21, 9, 1);
const MINUTE_MS = 60_000;
const BOTS = networkKey(7);

let serial = 0;

/** A view by a new visitor that was opened 3 s ago. */
const viewed = (now: number, network = networkKey(1_000 + serial), content = "a") => {
  serial += 1;
  const spec = { serial, at: now - 3_000, content, visitor: visitorKey(serial) };
  return { ...makeEvent(spec), network, browser: "chrome" as const };
};

const world = (mode: SuspectMode = "count") => {
  const tables = new MemorySuspicions();
  const disk = new ObjectDisk();
  const harness = new TallyHarness(NOW, { disk, suspicions: { tables, mode } });
  const background = async () => {
    while (harness.background.length > 0) await harness.background.shift();
  };
  /** So many views in a minute, in chunks of one second, `everyth` by anybody and the others by bots. */
  const attack = async (perMinute: number, everyth = 10) => {
    for (let second = 0; second < 60; second += 1) {
      harness.now += 1_000;
      const events = Array.from({ length: Math.floor(perMinute / 60) }, (_, index) =>
        viewed(harness.now, index % everyth === 0 ? undefined : BOTS),
      );
      harness.append(events);
      await background();
    }
  };
  const only = (): Suspicion => {
    const [row, ...others] = tables.rows.values();
    if (row === undefined || others.length > 0) throw new Error(`${tables.rows.size} suspicions`);
    return row;
  };
  return { tables, harness, attack, background, only };
};

describe("a Tally that watches what it folds", () => {
  test("tells the database of a botnet within a minute, with its culprit and evidence", async () => {
    const { attack, only } = world();
    await attack(600);
    const { id, detail, ...row } = only();
    expect(row).toMatchObject({
      content: "a",
      kind: "network",
      rule: "network-share@1",
      status: "open",
      fromAt: NOW - MINUTE_MS - 10 * MINUTE_MS,
    });
    expect(row.raisedAt).toBeLessThanOrEqual(NOW + MINUTE_MS);
    expect(row.toAt).toBeGreaterThan(row.raisedAt);
    expect(JSON.parse(detail)).toMatchObject({
      culprit: { kind: "network", value: expect.stringMatching(/^[0-9a-f]{16}$/) },
      evidence: { views: expect.any(Number), share: expect.any(Number) },
    });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("counts what is suspect, and goes on with one suspicion whose end moves", async () => {
    const { attack, only, harness } = world();
    await attack(600);
    const first = only();
    await attack(600);
    await attack(600);
    expect(only().id).toBe(first.id);
    expect(only().toAt).toBeGreaterThan(first.toAt + MINUTE_MS);
    expect(harness.views("a")).toBe(1_800);
    expect(new Set(harness.verdicts())).toEqual(new Set(["counted"]));
  });

  test("a database that is away holds up no append and no flush, is asked ever less often, and told in the end", async () => {
    const { attack, harness, tables, background } = world();
    tables.at = () => Promise.reject(new Error("away"));
    await attack(600);
    await attack(600);
    expect(harness.views("a")).toBe(1_200);
    expect(tables.calls.length).toBeLessThan(10);
    expect(harness.problems.filter((event) => event === "tally.suspicion-untold")).toHaveLength(1);
    await harness.tally.flush();
    tables.at = () => undefined;
    harness.now += 20 * MINUTE_MS;
    await harness.tally.flush();
    await background();
    expect([...tables.rows.values()].map(({ rule }) => rule)).toEqual(["network-share@1"]);
  });

  test("a database that hangs holds up nothing either", async () => {
    const { harness, tables } = world();
    const never = new Promise<never>(() => undefined);
    tables.at = () => never;
    for (let second = 0; second < 60; second += 1) {
      harness.now += 1_000;
      harness.append(Array.from({ length: 10 }, () => viewed(harness.now, BOTS)));
    }
    expect(tables.calls).toEqual(["raise"]);
    expect(harness.views("a")).toBe(600);
  });

  test("in its next life it goes on with the suspicion it had, and with what it counted", async () => {
    const { attack, only, harness } = world();
    await attack(600);
    const { id, toAt } = only();
    harness.evict();
    await attack(600);
    await attack(600);
    expect(only().id).toBe(id);
    expect(only().toAt).toBeGreaterThan(toAt);
  });

  test("what nobody finds any more for ten minutes is over: the next time is another suspicion", async () => {
    const { attack, harness, tables, background } = world();
    await attack(600);
    const [first] = tables.rows.values();
    harness.now += 11 * MINUTE_MS;
    await harness.tally.flush();
    await background();
    expect(harness.disk.read("SELECT id FROM suspicions")).toEqual([]);
    await attack(600);
    expect(tables.rows.size).toBe(2);
    expect(tables.rows.get(first?.id ?? "")?.toAt).toBeLessThan(harness.now - 10 * MINUTE_MS);
  });
});

describe("where suspects are held", () => {
  test("what the culprit does is held from the flag on, all of it, and what others do counts", async () => {
    const { attack, harness } = world("hold");
    await attack(600);
    const before = harness.views("a") ?? 0;
    const [bot, person, elsewhere] = [
      viewed(harness.now, BOTS),
      viewed(harness.now),
      viewed(harness.now, BOTS, "b"),
    ];
    harness.append([bot, { ...bot, id: viewed(harness.now).id }, person, elsewhere]);
    expect(harness.verdicts().slice(-4)).toEqual(["suspect", "suspect", "counted", "counted"]);
    expect(harness.views("a")).toBe(before + 1);
    expect(before).toBeLessThan(500);
  });

  test("the next life folds the log as it was judged, and holds on", async () => {
    const { attack, harness } = world("hold");
    await attack(600);
    const [views, verdicts] = [harness.views("a"), harness.verdicts()];
    harness.disk.flush();
    harness.crash();
    expect(harness.views("a")).toBe(views);
    harness.append([viewed(harness.now, BOTS)]);
    expect(harness.verdicts()).toEqual([...verdicts, "suspect"]);
  });

  test("it ends when an operator dismisses it, and is not raised again", async () => {
    const { attack, harness, tables, only } = world("hold");
    await attack(600);
    await tables.decide(only().id, "dismissed", { at: harness.now, by: "admin-key" });
    await attack(600);
    await attack(600);
    const tail = harness.verdicts().slice(-100);
    expect(new Set(tail)).toEqual(new Set(["counted"]));
    expect(only().status).toBe("dismissed");
  });

  test("it goes on when an operator excludes it", async () => {
    const { attack, harness, tables, only } = world("hold");
    await attack(600);
    await tables.decide(only().id, "excluded", { at: harness.now, by: "admin-key" });
    await attack(600);
    await attack(600);
    harness.append([viewed(harness.now, BOTS)]);
    expect(harness.verdicts().at(-1)).toBe("suspect");
    expect(tables.rows.size).toBe(1);
  });
});
