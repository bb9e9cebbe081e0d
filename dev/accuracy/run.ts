import { Scheduler } from "../../test/simulation/scheduler.ts";
import { MemoryRawLog } from "../../test/support/memory-raw-log.ts";
import type { MySqlAddress } from "../mysql/address.ts";
import { Crons } from "./crons.ts";
import { openDatabase, readRows } from "./database.ts";
import { readRawLog } from "./duck.ts";
import type { Evidence } from "./evidence.ts";
import { Oracle } from "./oracle.ts";
import { makePlan } from "./plan.ts";
import { Product } from "./product.ts";
import { quickenHmac } from "./quick-hmac.ts";
import { Readers } from "./readers.ts";
import { RealWork } from "./real-work.ts";
import { ENDS_AT, STARTS_AT, ZONE_OFFSET_MS } from "./setting.ts";
import { readStatistics } from "./told.ts";

export interface RunOptions {
  readonly events: number;
  readonly seed: number;
  /** `TALLY_SHARDS` */
  readonly shards: string;
  /** An empty database. */
  readonly mysql: MySqlAddress;
  log(line: string): void;
}

export interface Run {
  readonly evidence: Evidence;
  /** What there is to tell that is not judged. */
  readonly numbers: readonly (readonly [name: string, value: number | string])[];
}

/** One world from its seed to its end, and what it left behind. */
export const run = async (options: RunOptions): Promise<Run> => {
  const restore = await quickenHmac();
  try {
    return await live(options);
  } finally {
    restore();
  }
};

const live = async ({ events, seed, shards, mysql, log }: RunOptions): Promise<Run> => {
  const realWork = new RealWork();
  const scheduler = new Scheduler(STARTS_AT, realWork.settled);
  const timers = scheduler.timers({ alive: true }, "database");
  const random = { fraction: () => 0.5, bytes: (count: number) => new Uint8Array(count) };
  const { database, close } = await openDatabase(mysql, { timers, random, realWork });
  try {
    const rawLog = new MemoryRawLog();
    const oracle = new Oracle(ZONE_OFFSET_MS);
    const product = new Product({
      scheduler,
      database,
      rawLog: realWork.wrap(rawLog),
      seed,
      shards,
    });
    const plan = makePlan(events, seed);
    const { edge } = product;
    const readers = new Readers({ plan, seed, scheduler, realWork, oracle, edge });
    const crons = new Crons({ product, database, scheduler, log });
    readers.begin();
    crons.begin();
    while (scheduler.now < ENDS_AT && (await scheduler.step()));
    const answers = [...readers.answers].map(
      ([answer, count]) => [`answers: ${answer}`, count] as const,
    );
    const cells = product.shards.cells();
    return {
      evidence: {
        told: await readStatistics(product, database, cells),
        ...{ truth: oracle.truth(), realtime: crons.realtime, errors: product.errors },
        unexpected: readers.unexpected,
        ...{ cells, parts: product.shards.parts() },
        ...(await readRawLog(rawLog)),
        ...(await readRows(mysql)),
      },
      numbers: [
        ...([
          ["events", events],
          ["acknowledged", readers.acknowledged],
        ] as const),
        ...([["copies acknowledged", readers.copies]] as const),
        ...answers,
        ["steps of the world", scheduler.steps],
      ],
    };
  } finally {
    await close();
  }
};
