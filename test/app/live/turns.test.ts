import { expect, test } from "vitest";
import { Turns } from "../../../src/app/live/turns.ts";

test("whoever asks, between two runs too, no two are under way at once, and each begins after it was asked for", async () => {
  for (let delay = 0; delay < 12; delay += 1) {
    const gate = Promise.withResolvers<void>();
    let underWay = 0;
    let begun = 0;
    const turns = new Turns(async () => {
      underWay += 1;
      begun += 1;
      const own = begun;
      expect(underWay).toBe(1);
      await gate.promise;
      underWay -= 1;
      return own;
    });
    const first = turns.run();
    const second = turns.run();
    gate.resolve();
    for (let turn = 0; turn < delay; turn += 1) await Promise.resolve();
    const asked = begun;
    expect(await turns.run()).toBeGreaterThan(asked);
    expect([await first, await second]).toEqual([1, 2]);
  }
});
