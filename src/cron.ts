import { upkeep } from "./app/upkeep.ts";
import { close } from "./app/views/close.ts";
import { flush } from "./app/views/flush.ts";
import type { Composed, Services } from "./services.ts";

export interface Job {
  readonly name: string;
  run(services: Services): Promise<unknown>;
}

/** What runs when, each expression's jobs in this order. The expressions are those of `wrangler.toml`, in UTC. */
export const CRONS: ReadonlyMap<string, readonly Job[]> = new Map([
  ["*/5 * * * *", [{ name: "flush", run: (services: Services) => flush(services.flush) }]],
  [
    "0 2 * * *",
    [
      { name: "close", run: (services: Services) => close(services.close) },
      // After the closing: what every shard has closed tonight may go tonight.
      { name: "upkeep", run: (services: Services) => upkeep(services.upkeep) },
    ],
  ],
]);

/**
 * Runs the jobs of an expression, each failing alone.
 * @throws on an expression the table does not know, when the deployment is not configured, and at the end when a job
 * failed, so that the platform marks the run
 */
export const runCron = async (
  expression: string,
  composed: Composed,
  crons: ReadonlyMap<string, readonly Job[]> = CRONS,
): Promise<void> => {
  const jobs = crons.get(expression);
  if (jobs === undefined)
    throw new Error(`no job is known for the cron expression "${expression}"`);
  if (composed.status === "refused") throw new Error("the deployment is not configured");
  const { services } = composed;
  const failed: { readonly name: string; readonly cause: unknown }[] = [];
  for (const { name, run } of jobs) {
    try {
      await run(services);
    } catch (cause) {
      failed.push({ name, cause });
      services.log.error("cron.job-failed", { job: name, cause: `${cause}` });
    }
  }
  if (failed.length === 0) return;
  const names = failed.map(({ name }) => name).join(", ");
  const causes = failed.map(({ cause }) => cause);
  throw new AggregateError(causes, `of the cron "${expression}" failed: ${names}`);
};
