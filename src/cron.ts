import { flush } from "./app/views/flush.ts";
import type { Composed, Services } from "./services.ts";

type Job = (services: Services) => Promise<unknown>;

/** What runs when. The expressions are those of `wrangler.toml`, in UTC. */
const CRONS: Readonly<Record<string, readonly Job[]>> = {
  "*/5 * * * *": [(services) => flush(services.flush)],
};

/** @throws on an expression the table does not know, and when the deployment is not configured */
export const runCron = async (expression: string, composed: Composed): Promise<void> => {
  const jobs = CRONS[expression];
  if (jobs === undefined)
    throw new Error(`no job is known for the cron expression "${expression}"`);
  if (composed.status === "refused") throw new Error("the deployment is not configured");
  for (const job of jobs) await job(composed.services);
};
