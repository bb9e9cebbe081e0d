import { expect, test } from "vitest";
import type { Shown } from "../../../src/app/live/evidence.ts";
import type { Finding } from "../../../src/app/live/reconcile-record.ts";
import { Reconciler } from "../../../src/app/live/reconciler.ts";
import { type People, SecondCount } from "../../../src/app/live/second-count.ts";

const HOLD_MS = 60_000;

const viewer = (id: string): Shown => ({
  id,
  kind: "socket",
  role: "viewer",
  visitor: id,
  network: "n",
  openedAt: 0,
  // Whenever one looks, it was just heard of.
  lastSeen: Number.POSITIVE_INFINITY,
});

/** Viewers as the room has them, and as platform and disk show them. */
class Crowd {
  readonly held = new Map<string, Shown>();
  readonly shown = new Map<string, Shown>();
  readonly found: Finding[] = [];
  readonly told: string[] = [];
  readonly reconciler: Reconciler;
  now = 0;

  constructor(viewers: number) {
    for (let i = 0; i < viewers; i += 1) {
      this.held.set(`v${i}`, viewer(`v${i}`));
      this.shown.set(`v${i}`, viewer(`v${i}`));
    }
    const { held, shown, found, told } = this;
    const people: People = {
      get numbers() {
        return { viewers: held.size, peak: 0, total: 0, uniqueToday: 0 };
      },
      connections: () => held.values(),
      join: (one) => void held.set(one.id, one),
      leave: (id) => void held.delete(id),
      recount: () => undefined,
    };
    const deps = {
      store: { correction: () => undefined, saveCorrection: () => undefined },
      count: new SecondCount(people, () => shown.values()),
      tell: (status: string) => void told.push(status),
      beat: () => undefined,
      finished: (finding: Finding) => void found.push(finding),
    };
    this.reconciler = new Reconciler(deps, 0);
  }

  /** So many are there no longer, and the room does not hear of it. */
  hide(count: number): readonly string[] {
    const ids = [...this.shown.keys()].slice(0, count);
    for (const id of ids) this.shown.delete(id);
    return ids;
  }

  /** The next step, in time. */
  step(): void {
    this.stepAt(this.reconciler.dueAt(true) ?? Number.NaN);
  }

  stepAt(now: number): void {
    this.now = now;
    this.reconciler.step(now);
  }
}

test("what only one of two looks found wrong stays as it is", () => {
  const crowd = new Crowd(100);
  const once = crowd.hide(10);
  crowd.step();
  const later = crowd.hide(10);
  for (const id of once) crowd.shown.set(id, viewer(id));
  crowd.step();
  expect(crowd.held.size).toBe(100);
  expect(later.every((id) => crowd.held.has(id))).toBe(true);
  expect(crowd.found).toEqual([]);
});

test("a number is held for a minute and no longer, though every look finds more that is wrong, and the record says that time was up", () => {
  const crowd = new Crowd(200);
  crowd.hide(40);
  crowd.step();
  crowd.step();
  const heldAt = crowd.now;
  expect(crowd.told).toEqual(["syncing"]);
  for (let steps = 0; crowd.found.length === 0; steps += 1) {
    expect(steps).toBeLessThan(10);
    expect(crowd.reconciler.held).toMatchObject({ viewers: 200 });
    crowd.hide(10);
    crowd.step();
  }
  expect(crowd.now - heldAt).toBe(HOLD_MS);
  expect(crowd.told).toEqual(["syncing", "live"]);
  expect(crowd.held.size).toBe(crowd.shown.size);
  expect(crowd.found).toMatchObject([{ tier: "hold", overdue: true }]);
});

test.each([
  ["in time", false],
  ["after a minute without an alarm", true],
])("batches %s end even, and say whether time was up", (_, late) => {
  const crowd = new Crowd(1_000);
  crowd.hide(100);
  crowd.step();
  crowd.step();
  expect(crowd.held.size).toBe(990);
  if (late) crowd.stepAt(crowd.now + HOLD_MS);
  for (let steps = 0; crowd.found.length === 0; steps += 1) {
    expect(steps).toBeLessThan(10);
    crowd.step();
  }
  expect(crowd.held.size).toBe(900);
  expect(crowd.found).toMatchObject([{ tier: "batches", overdue: late, corrected: 100 }]);
});
