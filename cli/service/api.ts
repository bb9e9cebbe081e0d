/** The admin API of a service, as its commands use it. */
import * as v from "valibot";
import { askAt, type ServiceAddress } from "./ask.ts";

/** With a rebuild goes all that the Tallies have to the database, six of them at a time. */
const ORDER_TIMEOUT_MS = 600_000;
const READ_TIMEOUT_MS = 15_000;

const Count = v.pipe(v.number(), v.safeInteger());
const Failed = v.object({ shard: Count, failed: v.string() });

const Ordered = v.object({
  shards: v.array(v.union([Failed, v.object({ shard: Count, waiting: Count })])),
});

const StatusFormat = v.object({
  correctors: v.array(
    v.union([
      Failed,
      v.object({
        shard: Count,
        waiting: Count,
        running: v.optional(v.object({ hour: Count, run: Count, phase: v.string() })),
        failure: v.optional(v.string()),
      }),
    ]),
  ),
});

const Corrections = v.object({
  corrections: v.array(
    v.object({
      shard: Count,
      hourUtc: v.string(),
      reason: v.string(),
      outcome: v.string(),
      startedAt: Count,
      durationMs: Count,
      events: Count,
      before: Count,
      after: Count,
      changed: Count,
    }),
  ),
});

/** What a shard said to an order: how many orders, hours and days wait then. */
export type Taken = v.InferOutput<typeof Ordered>["shards"][number];
export type CorrectorStanding = v.InferOutput<typeof StatusFormat>["correctors"][number];
export type Correction = v.InferOutput<typeof Corrections>["corrections"][number];

export interface ServiceApi {
  order(path: "correct" | "rebuild", body: object): Promise<readonly Taken[]>;
  correctors(): Promise<readonly CorrectorStanding[]>;
  corrections(limit: number): Promise<readonly Correction[]>;
}

/** Every call throws `Unreachable`, or a `Failure` that trying again does not mend. @param signal ends a call under way */
export const serviceApi = (address: ServiceAddress, signal: AbortSignal): ServiceApi => {
  const ask = askAt(address, signal);
  return {
    async order(path, body) {
      const init = { method: "POST", body: JSON.stringify(body) };
      return (await ask(Ordered, path, ORDER_TIMEOUT_MS, init)).shards;
    },
    async correctors() {
      return (await ask(StatusFormat, "status", READ_TIMEOUT_MS)).correctors;
    },
    async corrections(limit) {
      return (await ask(Corrections, `corrections?limit=${limit}`, READ_TIMEOUT_MS)).corrections;
    },
  };
};
