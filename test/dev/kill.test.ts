import { expect, test } from "vitest";
import { proveKill } from "../../dev/prove/kill.ts";
import { SHORT_QUIET_MS } from "../../dev/prove/settled-counts.ts";
import { begunState } from "../support/begun-state.ts";
import { removeState } from "../support/remove-state.ts";

test("what was answered durable is counted once, whichever process is killed", async () => {
  const state = await begunState("headcount-kill");
  const victims = ["runtime", "runner", "both"] as const;
  const report = await proveKill({
    victims,
    minDurable: 600,
    seed: 1,
    quietMs: SHORT_QUIET_MS,
    state,
    log: () => undefined,
  });
  expect(report.durable).toBeGreaterThanOrEqual(600);
  expect(report).toMatchObject({ lost: 0, doubled: 0, countedAfterRepeat: report.sent });
  removeState(state);
}, 180_000);
