/** Fires the crons of `wrangler.toml`, which nothing else does locally. */
import { Cron } from "croner";

export interface CronsDeps {
  readonly expressions: readonly string[];
  /** @throws when the run failed */
  run(expression: string, scheduledAt: Date): Promise<void>;
  report(message: string): void;
}

const MINUTE_MS = 60_000;

/** One run at a time of each expression; one that fails is reported, and the next one comes. */
export const startCrons = ({ expressions, run, report }: CronsDeps): void => {
  for (const expression of expressions) {
    let running = false;
    const fire = async (firedAt: Date): Promise<void> => {
      // Not by croner's `protect`, which comes back to a run it has left out every 30 s.
      if (running) return report(`cron ${expression}: left out, the run before has not ended`);
      running = true;
      try {
        await run(expression, new Date(firedAt.getTime() - (firedAt.getTime() % MINUTE_MS)));
      } catch (cause) {
        report(`cron ${expression}: ${cause}`);
      } finally {
        running = false;
      }
    };
    // As on Cloudflare: UTC, and days of the week from 1, Sunday.
    const options = { timezone: "UTC", alternativeWeekdays: true };
    new Cron(expression, options, (job) => fire(job.currentRun() ?? new Date()));
  }
};
