import { expect, test } from "vitest";
import { type Outcome, type Scenario, simulate } from "./simulate.ts";

const SEEDS = 60;

const asked = process.env.HEADCOUNT_SEED;
const seeds =
  asked === undefined ? Array.from({ length: SEEDS }, (_, index) => index + 1) : [Number(asked)];

const scenarioOf = (seed: number): Scenario => {
  if (seed % 5 === 3) return "collector-lost";
  if (seed % 20 === 0) return "corrected";
  return seed % 5 === 4 ? "tally-lost" : "crashes";
};

const outcomes: Outcome[] = [];

test.each(seeds.map((seed) => [seed, scenarioOf(seed)] as const))(
  "seed %i (%s): nothing acknowledged is lost and nothing is counted twice",
  async (seed, scenario) => {
    outcomes.push(await simulate(seed, scenario));
  },
);

test.runIf(asked === undefined)("the worlds are as bad as they should be", () => {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((all, it) => all + of(it), 0);
  expect(outcomes).toHaveLength(SEEDS);
  for (const of of KINDS)
    expect(
      sum((outcome) => outcome[of]),
      of,
    ).toBeGreaterThan(SEEDS / 10);
});

test.runIf(asked === undefined)("a seed is a whole world: it runs the same way twice", async () => {
  expect(await simulate(1, "crashes")).toEqual(outcomes[0]);
});

const KINDS = ["crashes", "counted", "late", "duplicates", "lost"] as const;
