/** Fires the crons of `wrangler.toml`, which nothing else does locally. */
import { Cron } from "croner";

export interface CronsDeps {
  readonly expressions: readonly string[];
  /** @throws when the run failed */
  run(expression: string, scheduledAt: Date): Promise<void>;
  report(message: string): void;
}

/** One run at a time of each expression; one that fails is reported, and the next one comes. */
export const startCrons = ({ expressions, run, report }: CronsDeps): void => {
  for (const expression of expressions) {
    // As on Cloudflare: UTC, and days of the week from 1, Sunday.
    const options = {
      timezone: "UTC",
      alternativeWeekdays: true,
      protect: () => report(`cron ${expression}: left out, the run before has not ended`),
    };
    new Cron(expression, options, async (job) => {
      try {
        await run(expression, job.currentRun() ?? new Date());
      } catch (cause) {
        report(`cron ${expression}: ${cause}`);
      }
    });
  }
};
