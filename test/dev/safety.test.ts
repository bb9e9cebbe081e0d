import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaintsOf } from "../../dev/prove/canary/report.ts";
import { proveCanary } from "../../dev/prove/canary.ts";
import { type SafetyService, startSafetyService } from "../../dev/prove/safety/service.ts";
import { begunState } from "../support/begun-state.ts";
import { NO_MYSQL } from "../support/mysql.ts";
import { NO_REDIS } from "../support/redis.ts";

/** One service for all of them, in this order: what one leaves behind the next one finds. */
describe.skipIf(NO_MYSQL || NO_REDIS)("a service that is attacked on its first day", () => {
  let service: SafetyService;

  beforeAll(async () => {
    const state = await begunState("headcount-safety");
    service = await startSafetyService({ state, stores: "mysql-redis" });
  });

  afterAll(async () => {
    await service.close();
    rmSync(service.state, { recursive: true });
  });

  test("answers", async () => {
    const answer = await fetch(`${service.url}/readyz`);
    expect(answer.status).toBe(200);
    expect(service.stores?.calls().database).toBeGreaterThan(0);
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
    expect(complaintsOf(report)).toEqual([]);
  });
});
