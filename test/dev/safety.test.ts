import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
});
