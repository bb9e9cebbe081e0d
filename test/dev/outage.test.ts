import { expect, test } from "vitest";
import { proveOutage } from "../../dev/prove/outage.ts";
import { SHORT_QUIET_MS } from "../../dev/prove/settled-counts.ts";
import { begunState } from "../support/begun-state.ts";
import { NO_MYSQL } from "../support/mysql.ts";
import { removeState } from "../support/remove-state.ts";

test.skipIf(NO_MYSQL)(
  "a database that is away fails no acknowledgement and no read, and has everything after its return",
  async () => {
    const state = await begunState("headcount-outage");
    const report = await proveOutage({
      ...{ beforeMs: 1_000, outageMs: 5_000, afterMs: 1_000 },
      ...{ pauseMs: 1_000, quietMs: SHORT_QUIET_MS },
      ...{ seed: 1, state, log: () => undefined },
    });
    expect(report).toMatchObject({ failedConfirms: 0, failedReads: 0, differing: 0 });
    expect(report.durable).toBeGreaterThan(500);
    expect(report).toMatchObject({
      ...{ sent: report.durable, counted: report.durable, saved: report.durable },
      failedFlushesAway: report.flushesAway,
    });
    expect(report.reads).toBeGreaterThan(10);
    expect(report.flushesAway).toBeGreaterThan(0);
    expect(report.unflushedAway).toBeGreaterThan(0);
    removeState(state);
  },
  180_000,
);
