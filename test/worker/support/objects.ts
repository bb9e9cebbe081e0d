import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { CHECKPOINT_MAX_MS, HOUR_MS, SLOTS_TELL_JITTER_MS } from "../../../src/core/limits.ts";
import { SLOT_MS } from "../../../src/core/views/slots.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { type Chunk, encodeRows } from "../../../src/protocol/chunk.ts";
import { framesOfEvents, id } from "./events.ts";

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

/** Has the Collector hand over all it holds, pacing and back-off of its own included. */
export const drain = (collector: CollectorStub): Promise<void> =>
  eventually("the collector is empty", async () => {
    await runDurableObjectAlarm(collector);
    return (await rowsOf(collector, "SELECT id FROM rows")).length === 0;
  });

/** Puts the alarm off, so that nothing happens before the test has it run. */
export const hold = (stub: CollectorStub | TallyStub): Promise<void> =>
  runInDurableObject(stub, async (_, { storage }) => {
    const alarm = await storage.getAlarm();
    if (alarm !== null) await storage.setAlarm(Date.now() + HOUR_MS);
  });

export const runAlarm = (stub: CollectorStub | TallyStub): Promise<boolean> =>
  runDurableObjectAlarm(stub);

/** Has the Tally save what is unsaved, now: its next life finds that the time for it has come. */
export const saveTally = async (tally: TallyStub): Promise<void> => {
  await runInDurableObject(tally, (_, { storage }) => {
    storage.sql.exec("UPDATE meta SET value = 0 WHERE name = 'checkpoint_at'");
  });
  await evictDurableObject(tally);
  await runDurableObjectAlarm(tally);
};

/**
 * As if the Tally had waited for its checkpoint: once its alarm stands for that, no later than it may, its time has come.
 * A ring too early finds nothing to do; by `isSaved` the checkpoint may have come by itself.
 */
export const letCheckpointCome = async (
  tally: TallyStub,
  isSaved: () => Promise<boolean>,
): Promise<void> => {
  await eventually("the alarm is the checkpoint's", async () => {
    const [kept] = await rowsOf(tally, "SELECT value FROM meta WHERE name = 'checkpoint_at'");
    const alarm = await alarmOf(tally);
    const isDue = alarm !== null && alarm <= Date.now() + CHECKPOINT_MAX_MS;
    if ((isDue && alarm === Number(kept?.value)) || (await isSaved())) return true;
    await runDurableObjectAlarm(tally);
    return false;
  });
  await runInDurableObject(tally, (_, { storage }) => {
    storage.sql.exec("UPDATE meta SET value = 0 WHERE name = 'checkpoint_at'");
  });
  await evictDurableObject(tally);
};

/**
 * Until all it has to do is to say, when a slot ends, that numbers fall. What would ring meanwhile rings at once: too
 * early, it finds nothing to do.
 */
export const untilSlotEnds = (tally: TallyStub): Promise<void> =>
  eventually("nothing is left but the slot's end", async () => {
    const alarm = await alarmOf(tally);
    if (alarm !== null && alarm > Date.now() && alarm % SLOT_MS < SLOTS_TELL_JITTER_MS) return true;
    if (alarm !== null && alarm <= Date.now() + DEADLINE_MS) await runDurableObjectAlarm(tally);
    return false;
  });

/** Everything in the object's storage that the query finds. */
export const rowsOf = (
  stub: CollectorStub | TallyStub,
  query: string,
): Promise<Record<string, SqlStorageValue>[]> =>
  runInDurableObject(stub, (_, { storage }) => storage.sql.exec(query).toArray());

/** The number a Tally tells of a content. */
export const countedIn = async (shard: number, content: string): Promise<number> => {
  const { counts } = await tallyOf(shard).counts([id(content)]);
  return counts[0]?.views ?? Number.NaN;
};

interface ChunkParts {
  readonly source: string;
  readonly events: readonly ViewEvent[];
  readonly row?: number;
  readonly follows?: number;
}

/** A chunk of one row. */
export const chunkOf = ({ source, events, row = 1, follows = row - 1 }: ChunkParts): Chunk => ({
  source,
  follows,
  floor: 1,
  through: row,
  rows: encodeRows([{ id: row, frames: framesOfEvents(events) }]),
});

/** As if the platform had lost everything the object ever stored. */
export const loseStorage = async (stub: CollectorStub | TallyStub): Promise<void> => {
  await runInDurableObject(stub, (_, { storage }) => storage.deleteAll());
  await evictDurableObject(stub);
};
