import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

export type CollectorStub = ReturnType<typeof collectorAt>;
export type TallyStub = ReturnType<typeof tallyOf>;

export const collectorAt = (colo: string, k = 0) =>
  env.COLLECTORS.getByName(`collector:${colo}:${k}`);

export const tallyOf = (shard: number) => env.TALLIES.getByName(`tally:${shard}`);

const DEADLINE_MS = 20_000;
const LOOK_MS = 20;

/** Looks until it is so. @throws when it does not become so */
export const eventually = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await scheduler.wait(LOOK_MS);
  }
};

export const alarmOf = (stub: CollectorStub | TallyStub): Promise<number | null> =>
  runInDurableObject(stub, (_, state) => state.storage.getAlarm());

const rowsLeft = (collector: CollectorStub): Promise<number> =>
  runInDurableObject(collector, (_, { storage }) =>
    Number(storage.sql.exec("SELECT count(*) AS rows FROM rows").one().rows),
  );

/** Has the Collector hand over all it holds, pacing and back-off of its own included. */
export const drain = (collector: CollectorStub): Promise<void> =>
  eventually("the collector is empty", async () => {
    await runDurableObjectAlarm(collector);
    return (await rowsLeft(collector)) === 0;
  });

/** By themselves, with nothing but their alarms. */
export const untilQuiet = (stub: CollectorStub | TallyStub): Promise<void> =>
  eventually("no alarm is set", async () => (await alarmOf(stub)) === null);
