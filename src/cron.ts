import { flushStreams } from "./app/live/flush-streams.ts";
import { type Job, runJobs } from "./app/run-jobs.ts";
import { upkeep } from "./app/upkeep.ts";
import { close } from "./app/views/close.ts";
import { correct, correctDay } from "./app/views/correct.ts";
import { flush } from "./app/views/flush.ts";
import { rankViews } from "./app/views/rank-views.ts";
import type { Composed, Services } from "./services.ts";

/** What runs when, each expression's jobs in this order. The expressions are those of `wrangler.toml`, in UTC. */
export const CRONS: ReadonlyMap<string, readonly Job<Services>[]> = new Map([
  [
    "*/5 * * * *",
    [
      { name: "flush", run: (services: Services) => flush(services.flush) },
      { name: "flush-streams", run: (services: Services) => flushStreams(services.flushStreams) },
      // Behind the flush, whose numbers it sums.
      { name: "rank", run: (services: Services) => rankViews(services.rankViews) },
    ],
  ],
  // By then the tokens of the hour before have run out, and what they confirmed is in its Tally.
  ["15 * * * *", [{ name: "correct", run: (services: Services) => correct(services.correct) }]],
  [
    "0 2 * * *",
    [
      // Before the closing: what is closed nobody corrects any more.
      { name: "correct-day", run: (services: Services) => correctDay(services.correct) },
      { name: "close", run: (services: Services) => close(services.close) },
      // After the closing: what every shard has closed tonight may go tonight.
      { name: "upkeep", run: (services: Services) => upkeep(services.upkeep) },
    ],
  ],
]);

/** @throws on an expression the table does not know, when the deployment is not configured, and when a job failed */
export const runCron = async (expression: string, composed: Composed): Promise<void> => {
  const jobs = CRONS.get(expression);
  if (jobs === undefined)
    throw new Error(`no job is known for the cron expression "${expression}"`);
  if (composed.status === "refused") throw new Error("the deployment is not configured");
  await runJobs(jobs, composed.services);
};
