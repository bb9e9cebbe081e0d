import { expect, test } from "vitest";
import { isWhole, proveReconnect } from "../../dev/prove/reconnect.ts";
import { begunState } from "../support/begun-state.ts";
import { removeState } from "../support/remove-state.ts";

test("who watches when the runtime is killed comes back, and is counted once", async () => {
  const state = await begunState("headcount-reconnect");
  const outcomes = await proveReconnect({
    clients: 50,
    victims: ["runtime"],
    // Twice as long as a room takes to save, and longer than a socket's first two pauses.
    quietMs: 3_000,
    state,
    log: () => undefined,
  });
  const sessions = { open: 50, openVisitors: 50, visitors: 50 };
  expect(outcomes).toMatchObject([{ mostViewers: 50, viewers: 50, peak: 50, total: 50, sessions }]);
  expect(outcomes.every((outcome) => isWhole(outcome, 50, 45_000))).toBe(true);
  removeState(state);
}, 120_000);
