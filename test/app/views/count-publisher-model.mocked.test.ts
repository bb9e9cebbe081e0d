import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { PUBLISH_AGAIN_MAX } from "../../../src/core/limits.ts";
import { readStamp, stamp } from "../../../src/core/stamp.ts";
import { content } from "../../support/events.ts";
import type { PublishFate } from "../../support/fake-read-model.ts";
import { settled } from "../../support/hand-time.ts";
import { PublishingWorld } from "../../support/publishing-world.ts";

// So few at a time that a handful of contents overflows all of it.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  PUBLISH_MAX_COUNTS: 3,
  PUBLISH_MAX_WAITING: 5,
  PUBLISH_CALLS_PER_ALARM: 2,
  PUBLISH_AGAIN_MAX: 4,
}));

const NOON = Date.UTC(2026, 10, 21, 12);
const CONTENTS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

const some = fc.subarray(CONTENTS, { minLength: 1 });
const one = fc.constantFrom(...CONTENTS);
const fate = fc.constantFrom<PublishFate>(
  "done",
  "done",
  "done",
  "refused",
  "refused",
  "done, answer lost",
  "late",
  "held",
);

type Step =
  | { readonly do: "view"; readonly contents: readonly string[] }
  | { readonly do: "restate"; readonly content: string; readonly views: number }
  | { readonly do: "start"; readonly content: string; readonly views: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "fate"; readonly fate: PublishFate }
  | {
      readonly do:
        | "crash"
        | "evict"
        | "die leaving"
        | "lose"
        | "copy"
        | "fall back"
        | "do late"
        | "release"
        | "flush";
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("view" as const), contents: some }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      ms: fc.constantFrom(1, 400, 1_000, 1_500, 6_000, 25_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fate" as const), fate }) },
  fc.record({
    do: fc.constantFrom("restate" as const, "start" as const),
    content: one,
    views: fc.nat({ max: 9 }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "crash" as const,
        "evict" as const,
        "die leaving" as const,
        "lose" as const,
        "copy" as const,
        "fall back" as const,
        "do late" as const,
        "release" as const,
        "flush" as const,
      ),
    }),
  },
);

class ModelWorld extends PublishingWorld {
  /** Position at the last loss: what has not changed since may be left out. */
  lostAt = 0;
  isLost = false;
  #fallBack: (() => void) | undefined;

  async take(what: Step): Promise<void> {
    const { harness, readModel } = this;
    switch (what.do) {
      case "view":
        return this.view(...what.contents);
      case "restate":
        harness.tally.restate(content(what.content), what.views);
        return;
      case "start":
        harness.tally.setStart(content(what.content), what.views);
        return;
      case "pass":
        return this.pass(what.ms);
      case "fate":
        readModel.fate = what.fate;
        return;
      case "crash":
        return harness.crash();
      case "evict":
        return harness.evict();
      case "die leaving":
        harness.beforeLeaving = async () => {
          harness.beforeLeaving = () => undefined;
          await Promise.resolve();
          harness.crash();
        };
        return;
      case "lose":
        await this.#endOnItsWay();
        this.lostAt = harness.tally.status().position;
        this.isLost = true;
        return readModel.lose();
      case "copy":
        // One that was never told anything has no name yet either: to fall back to it is to lose everything.
        if (readModel.parts.size > 0) this.#fallBack = readModel.copy();
        return;
      case "fall back":
        await this.#endOnItsWay();
        this.isLost = true;
        return this.#fallBack?.();
      case "do late":
        return readModel.doLate();
      case "release":
        readModel.release();
        return settled();
      case "flush":
        await harness.tally.flush();
    }
  }

  /** What was sent to the store that is lost does not reach the one in its place. */
  async #endOnItsWay(): Promise<void> {
    this.readModel.doLate();
    this.readModel.release();
    await settled();
  }

  /** Whatever is not published has an alarm, in this life and in the next. */
  checkAlarm(): void {
    if (this.isLost || this.missing(CONTENTS).length === 0) return;
    expect(this.harness.disk.alarm).toBeDefined();
  }

  async end(): Promise<void> {
    const { harness, readModel } = this;
    harness.beforeLeaving = () => undefined;
    readModel.fate = "done";
    readModel.release();
    await settled();
    await this.view("a");
    await this.pass(60_000);
    readModel.doLate();
    let left = 0;
    for (const id of this.missing(CONTENTS)) {
      // Missing is what its Tally is asked for; wrong it must not be.
      expect(readModel.views(id)).toBeUndefined();
      const { version } = readStamp(
        harness.tally.counts([content(id)]).counts[0]?.stamp ?? stamp(0, 0),
      );
      expect(version).toBeLessThanOrEqual(this.lostAt);
      left += 1;
    }
    if (left > 0) expect(readModel.parts.size).toBeGreaterThanOrEqual(PUBLISH_AGAIN_MAX);
  }
}

test("whoever dies, fails, loses or overflows at any point: at last the read model has the numbers of all that changed, and never a wrong one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), async (steps) => {
      const world = new ModelWorld(NOON);
      for (const what of steps) {
        await world.take(what);
        world.checkAlarm();
      }
      await world.end();
    }),
    { numRuns: 500 },
  );
}, 120_000);
