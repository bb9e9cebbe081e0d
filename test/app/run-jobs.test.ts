import { expect, test } from "vitest";
import { type Job, runJobs } from "../../src/app/run-jobs.ts";
import type { Log } from "../../src/ports/log.ts";

/** Jobs that leave their names, and a log that keeps its errors. */
const desk = () => {
  const ran: string[] = [];
  const errors: object[] = [];
  const ignore = () => undefined;
  const log: Log = {
    info: ignore,
    warn: ignore,
    error: (event, fields) => void errors.push({ event, ...fields }),
  };
  const job = (name: string, failure?: string): Job<{ readonly log: Log }> => ({
    name,
    async run() {
      await Promise.resolve();
      ran.push(name);
      if (failure !== undefined) throw new Error(failure);
    },
  });
  return { ran, errors, deps: { log }, job };
};

test("the jobs of an expression run in their order, one after the other", async () => {
  const { ran, errors, deps, job } = desk();
  await runJobs([job("one"), job("two"), job("three")], deps);
  expect(ran).toEqual(["one", "two", "three"]);
  expect(errors).toEqual([]);
});

test("a job that fails is logged with its name, the rest run, and at the end all that failed are named", async () => {
  const { ran, errors, deps, job } = desk();
  const jobs = [job("one", "no database"), job("two"), job("three", "no shard")];
  const failure = await runJobs(jobs, deps).catch((cause) => cause);
  expect(ran).toEqual(["one", "two", "three"]);
  expect(errors).toEqual([
    { event: "cron.job-failed", job: "one", cause: "Error: no database" },
    { event: "cron.job-failed", job: "three", cause: "Error: no shard" },
  ]);
  expect(failure).toBeInstanceOf(AggregateError);
  expect(`${failure}`).toContain("one, three");
  expect(failure.errors).toEqual([new Error("no database"), new Error("no shard")]);
});
