import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaintsOf } from "../../dev/prove/fuzz/report.ts";
import { fuzz } from "../../dev/prove/fuzz.ts";
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

  test("malformed, half, slow or absurd, whatever comes is answered as it should be, and the numbers stay exact", async () => {
    const scale = { http: 2_000, raw: 100, sockets: 200, slowBodies: 16, seed: 1 };
    expect(complaintsOf(await fuzz(service, scale))).toEqual([]);
  });
});
