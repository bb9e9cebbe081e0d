import { expect, test } from "vitest";
import { saltStore } from "../../../src/adapters/objects/salt-store.ts";
import { SaltKeeper } from "../../../src/app/views/salt-keeper.ts";
import { makeCalendar } from "../../../src/core/views/reporting-day.ts";
import { ObjectDisk } from "../../support/object-disk.ts";

const HOUR = 3_600_000;
const MIDNIGHT = Date.UTC(2026, 10, 22);

class Keeping {
  readonly disk = new ObjectDisk();
  now = MIDNIGHT;
  keeper = this.#wake();
  #made = 0;

  evict(): void {
    this.disk.flush();
    this.keeper = this.#wake();
  }

  days(): readonly string[] {
    return this.keeper.current().map(({ day }) => day);
  }

  #wake(): SaltKeeper {
    const made = makeCalendar("UTC", MIDNIGHT);
    if (made.status === "refused") throw new Error(made.reason);
    const bytes = (count: number) => {
      this.#made += 1;
      return new Uint8Array(count).fill(this.#made);
    };
    return new SaltKeeper({
      store: saltStore(this.disk.open(), () => undefined),
      calendar: made.calendar,
      clock: { now: () => this.now },
      random: { bytes, fraction: () => 0 },
    });
  }
}

test("tomorrow's salt exists an hour before tomorrow begins, and yesterday's is never made afterwards", () => {
  const keeping = new Keeping();
  keeping.now = MIDNIGHT - HOUR - 1;
  expect(keeping.days()).toEqual(["2026-11-21"]);
  keeping.now = MIDNIGHT - HOUR;
  expect(keeping.days()).toEqual(["2026-11-21", "2026-11-22"]);
  keeping.now = MIDNIGHT;
  expect(keeping.days()).toEqual(["2026-11-21", "2026-11-22"]);
});

test("a day keeps its salt through evictions, and each day has another", () => {
  const keeping = new Keeping();
  const [first] = keeping.keeper.current();
  keeping.evict();
  keeping.now = MIDNIGHT + 23 * HOUR;
  const [again, next] = keeping.keeper.current();
  expect(again?.salt).toEqual(first?.salt);
  expect(next?.salt).not.toEqual(first?.salt);
  expect(first?.salt).toHaveLength(32);
});

test("a salt is gone for good 72 h after its day began, with nobody asking", () => {
  const keeping = new Keeping();
  keeping.keeper.current();
  const ofFirstDay = () =>
    keeping.disk.read("SELECT 1 FROM salts WHERE start_ms = ?", MIDNIGHT).length;
  for (let hours = 1; hours < 72; hours += 1) {
    keeping.now = MIDNIGHT + hours * HOUR;
    expect(keeping.disk.alarm).toBe(keeping.now);
    keeping.keeper.alarm();
  }
  expect(ofFirstDay()).toBe(1);
  expect(keeping.disk.alarm).toBe(MIDNIGHT + 72 * HOUR);
  keeping.now = MIDNIGHT + 72 * HOUR;
  keeping.keeper.alarm();
  expect(ofFirstDay()).toBe(0);
});
