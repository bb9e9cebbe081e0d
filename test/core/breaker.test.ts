import fc from "fast-check";
import { expect, test } from "vitest";
import { Breaker, type BreakerPhase, type Pass } from "../../src/core/breaker.ts";
import {
  BREAKER_FAILURES,
  BREAKER_REST_MAX_MS,
  BREAKER_REST_MIN_MS,
} from "../../src/core/limits.ts";

const PROBE_MS = 700;

type Step =
  | { readonly kind: "ask" }
  | { readonly kind: "pass"; readonly ms: number }
  | {
      readonly kind: "answer";
      /** Of the calls that are out. */
      readonly which: number;
      readonly outcome: "success" | "failure" | "overload";
    };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.constant<Step>({ kind: "ask" }),
    fc.nat(BREAKER_REST_MAX_MS / 2).map((ms): Step => ({ kind: "pass", ms })),
    fc.record({
      kind: fc.constant("answer" as const),
      which: fc.nat(20),
      outcome: fc.constantFrom(
        ...(["success", "failure", "failure", "failure", "overload"] as const),
      ),
    }),
  ),
  { maxLength: 120 },
);

type Told =
  | { readonly kind: "failure" | "overload"; readonly call: number; readonly at: number }
  | { readonly kind: "success" }
  | { readonly kind: "asked"; readonly call: number; readonly at: number };

interface Standing {
  readonly phase: BreakerPhase;
  readonly since: number | null;
  /** What is asked before it is refused. */
  readonly refusesUntil: number;
}

/**
 * Tells how it stands from all that ever happened, by calls and not by passes: what counts while it is closed are
 * calls that were asked in this time of being closed, and else the last probe alone.
 */
const standing = (history: readonly Told[]): Standing => {
  const opened = openedBy(history);
  if (opened === undefined) return { phase: "closed", since: null, refusesUntil: 0 };
  let refusesUntil = opened.at + BREAKER_REST_MIN_MS;
  let restMs = BREAKER_REST_MIN_MS;
  let probe: number | undefined;
  for (const told of history.slice(opened.index + 1)) {
    if (told.kind === "asked") {
      probe = told.call;
      refusesUntil = told.at + PROBE_MS;
    } else if (told.kind !== "success" && told.call === probe) {
      probe = undefined;
      restMs = Math.min(restMs * 2, BREAKER_REST_MAX_MS);
      refusesUntil = told.at + restMs;
    }
  }
  return { phase: probe === undefined ? "open" : "probing", since: opened.at, refusesUntil };
};

/** The failure that opened it and that no success has followed. */
const openedBy = (
  history: readonly Told[],
): { readonly index: number; readonly at: number } | undefined => {
  let opened: { readonly index: number; readonly at: number } | undefined;
  let members = new Set<number>();
  let inRow = 0;
  for (const [index, told] of history.entries()) {
    if (told.kind === "success") {
      if (opened !== undefined) members = new Set();
      opened = undefined;
      inRow = 0;
    } else if (opened !== undefined) {
    } else if (told.kind === "asked") members.add(told.call);
    else if (members.has(told.call)) {
      inRow += 1;
      if (inRow >= BREAKER_FAILURES || told.kind === "overload") opened = { index, at: told.at };
    }
  }
  return opened;
};

test("in whatever order calls are made and come back, it stands as all that happened says", () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const breaker = new Breaker();
      const history: Told[] = [];
      const out: { readonly call: number; readonly pass: Pass }[] = [];
      let now = 1_000_000;
      let calls = 0;
      for (const step of plan) {
        if (step.kind === "pass") now += step.ms;
        else if (step.kind === "ask") {
          const { phase, refusesUntil } = standing(history);
          const pass = breaker.admit(now, PROBE_MS);
          expect(pass !== undefined).toBe(phase === "closed" || now >= refusesUntil);
          if (pass === undefined) continue;
          out.push({ call: calls, pass });
          history.push({ kind: "asked", call: calls, at: now });
          calls += 1;
        } else {
          const [answered] = out.splice(step.which % Math.max(1, out.length), 1);
          if (answered === undefined) continue;
          if (step.outcome === "success") {
            breaker.succeeded();
            history.push({ kind: "success" });
          } else {
            breaker.failed(answered.pass, now, step.outcome === "overload");
            history.push({ kind: step.outcome, call: answered.call, at: now });
          }
        }
        const { phase, since } = standing(history);
        expect(breaker.state).toMatchObject({ phase, since });
      }
    }),
    { numRuns: 2_000 },
  );
});

/** @returns one that opened at 0 */
const opened = (): Breaker => {
  const breaker = new Breaker();
  for (let i = 0; i < BREAKER_FAILURES; i += 1) breaker.failed(breaker.admit(0, PROBE_MS), 0);
  return breaker;
};

test("failures that a success interrupts open nothing", () => {
  const breaker = new Breaker();
  for (let i = 0; i < 5 * BREAKER_FAILURES; i += 1) {
    if (i % BREAKER_FAILURES === 0) breaker.succeeded();
    else breaker.failed(breaker.admit(0, PROBE_MS), 0);
  }
  expect(breaker.state.phase).toBe("closed");
});

test("each probe that fails begins a rest twice as long, up to the longest; a success begins anew", () => {
  const breaker = opened();
  const rests: number[] = [];
  let now = 0;
  for (let i = 0; i < 6; i += 1) {
    const { restMs } = breaker.state;
    rests.push(restMs);
    expect(breaker.admit(now + restMs - 1, PROBE_MS)).toBeUndefined();
    now += restMs;
    breaker.failed(breaker.admit(now, PROBE_MS), now);
  }
  expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  breaker.succeeded();
  expect(breaker.state).toEqual({
    phase: "closed",
    since: null,
    failures: 0,
    restMs: BREAKER_REST_MIN_MS,
  });
});

test("a failure from before the opening neither lengthens the rest nor ends the probe", () => {
  const breaker = new Breaker();
  const early = breaker.admit(0, PROBE_MS);
  for (let i = 0; i < BREAKER_FAILURES; i += 1) breaker.failed(breaker.admit(0, PROBE_MS), 0);
  breaker.failed(early, BREAKER_REST_MIN_MS - 1, true);
  const probe = breaker.admit(BREAKER_REST_MIN_MS, PROBE_MS);
  expect(probe).toBeDefined();
  breaker.failed(early, BREAKER_REST_MIN_MS, true);
  expect(breaker.state).toMatchObject({ phase: "probing", restMs: BREAKER_REST_MIN_MS });
  breaker.succeeded();
  breaker.failed(early, BREAKER_REST_MIN_MS, true);
  expect(breaker.state.phase).toBe("closed");
});

test("a probe that never comes back gives way to another, and what it says then counts no more", () => {
  const breaker = opened();
  const lost = breaker.admit(BREAKER_REST_MIN_MS, PROBE_MS);
  const givenUpAt = BREAKER_REST_MIN_MS + PROBE_MS;
  expect(breaker.admit(givenUpAt - 1, PROBE_MS)).toBeUndefined();
  expect(breaker.admit(givenUpAt, PROBE_MS)).toBeDefined();
  breaker.failed(lost, givenUpAt);
  expect(breaker.state).toMatchObject({ phase: "probing", restMs: BREAKER_REST_MIN_MS });
});

test("what is asked in any case has a pass only while it is closed", () => {
  const breaker = new Breaker();
  breaker.failed(breaker.pass, 0, true);
  expect(breaker.state.phase).toBe("open");
  breaker.failed(breaker.pass, 500, true);
  expect(breaker.admit(BREAKER_REST_MIN_MS, PROBE_MS)).toBeDefined();
  expect(breaker.pass).toBeUndefined();
});
