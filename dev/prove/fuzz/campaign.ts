/** Many cases at once, and of one that fails the smallest. */
import fc from "fast-check";

export interface CampaignRequest<Case> {
  readonly cases: fc.Arbitrary<Case>;
  readonly total: number;
  /** The same cases in the same order. */
  readonly seed: number;
  readonly atOnce: number;
  /** @returns what is wrong; `undefined`: nothing */
  judge(one: Case): Promise<string | undefined>;
}

export interface Failure<Case> {
  readonly complaint: string;
  /** The smallest that fails, where it fails alone as well; else as it was found. */
  readonly found: Case;
  readonly failsAlone: boolean;
}

export interface CampaignReport<Case> {
  readonly cases: number;
  readonly failures: readonly Failure<Case>[];
}

const ROUND = 500;

/** One defect shows in many cases: more kinds of it than this are not looked for at a time. */
const MOST_FAILURES = 5;
const SHRINKING_MS = 20_000;

export const campaign = async <Case>(
  request: CampaignRequest<Case>,
): Promise<CampaignReport<Case>> => {
  const { total, seed } = request;
  const failures: Failure<Case>[] = [];
  let cases = 0;
  for (let round = 0; cases < total && failures.length < MOST_FAILURES; round += 1) {
    const numRuns = Math.min(ROUND, total - cases);
    const parameters = { seed: seed + round, numRuns };
    const found = await firstOf(request, fc.sample(request.cases, parameters));
    cases += numRuns;
    if (found !== undefined) failures.push(await smallest(request, found, parameters));
  }
  return { cases, failures };
};

interface Found<Case> {
  readonly complaint: string;
  readonly found: Case;
}

const firstOf = async <Case>(
  { atOnce, judge }: CampaignRequest<Case>,
  cases: readonly Case[],
): Promise<Found<Case> | undefined> => {
  let first: Found<Case> | undefined;
  const waiting = cases.values();
  const work = async (): Promise<void> => {
    for (const found of waiting) {
      const complaint = await judge(found);
      if (complaint !== undefined) first ??= { complaint, found };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return first;
};

/** The same seed makes the same cases; this time one after the other, and smaller ones when one fails. */
const smallest = async <Case>(
  { cases, judge }: CampaignRequest<Case>,
  { complaint, found }: Found<Case>,
  parameters: { readonly seed: number; readonly numRuns: number },
): Promise<Failure<Case>> => {
  let last = complaint;
  const property = fc.asyncProperty(cases, async (one) => {
    const wrong = await judge(one);
    if (wrong === undefined) return true;
    last = wrong;
    return false;
  });
  const run = await fc.check(property, { ...parameters, interruptAfterTimeLimit: SHRINKING_MS });
  const [shrunk] = run.counterexample ?? [];
  return shrunk === undefined
    ? { complaint, found, failsAlone: false }
    : { complaint: last, found: shrunk, failsAlone: true };
};
