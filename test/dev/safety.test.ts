import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaintsOf as attackComplaints } from "../../dev/prove/attack/report.ts";
import { proveAttack } from "../../dev/prove/attack.ts";
import { complaintsOf as canaryComplaints } from "../../dev/prove/canary/report.ts";
import { proveCanary } from "../../dev/prove/canary.ts";
import { complaintsOf as cardinalityComplaints } from "../../dev/prove/cardinality/report.ts";
import { proveCardinality } from "../../dev/prove/cardinality.ts";
import { complaintsOf as fuzzComplaints } from "../../dev/prove/fuzz/report.ts";
import { fuzz } from "../../dev/prove/fuzz.ts";
import { type SafetyService, startSafetyService } from "../../dev/prove/safety/service.ts";
import { SHORT_QUIET_MS } from "../../dev/prove/settled-counts.ts";
import { begunState } from "../support/begun-state.ts";
import { NO_MYSQL } from "../support/mysql.ts";
import { NO_REDIS } from "../support/redis.ts";

const log = () => undefined;

/** One service for all of them, in this order: what one leaves behind the next one finds. */
describe.skipIf(NO_MYSQL || NO_REDIS)("a service that is attacked on its first day", () => {
  let state: string | undefined;
  let service: SafetyService;

  beforeAll(async () => {
    state = await begunState("headcount-safety");
    service = await startSafetyService({ state, stores: "mysql-redis" });
  });

  afterAll(async () => {
    // Without one when it did not start, which has been told then.
    await service?.close();
    // Not looked through once more: the canary has, and has planted there what it has to find.
    if (state !== undefined) rmSync(state, { recursive: true, force: true, maxRetries: 20 });
  });

  test("counts no view that is forged, replayed, early, late or farmed beyond the limits, and every genuine one among them", async () => {
    const scale = {
      ...{ requests: 1_000, genuine: 500, quotas: 1, seed: 1 },
      ...{ quietMs: SHORT_QUIET_MS, log },
    };
    const report = await proveAttack(service, scale);
    expect(attackComplaints(report)).toEqual([]);
    expect(report.requests).toBeGreaterThan(1_500);
  });

  test("makes no object, no row and no key of random names, and asks no store about random queries", async () => {
    const scale = { ids: 5_000, queries: 400, seed: 1, log };
    const report = await proveCardinality(service, scale);
    expect(cardinalityComplaints(report)).toEqual([]);
    expect(report.queries.length).toBeGreaterThan(15);
  });

  test("malformed, half, slow or absurd, whatever comes is answered as it should be, and the numbers stay exact", async () => {
    const scale = { http: 1_000, raw: 100, sockets: 100, slowBodies: 16, patient: false, seed: 1 };
    expect(fuzzComplaints(await fuzz(service, scale)).join("\n")).toBe("");
  });

  // Last: it ends the service, and searches what all of them made it write.
  test("has written down nothing that is to be kept secret or private, and a search would find it", async () => {
    const report = await proveCanary(service, {
      ...{
        visitors: 3,
        badEvery: 3,
        troubles: ["quoting"],
        visitsInTrouble: false,
        badStarts: false,
      },
      // Of the server's own, and what was built of the sources.
      skip: /^beside\/mysql\/data\/(?!headcount\/)|^build\//,
    });
    expect(canaryComplaints(report)).toEqual([]);
  });
});
