import { collectorStore } from "../../src/adapters/objects/collector-store.ts";
import { saltStore } from "../../src/adapters/objects/salt-store.ts";
import { objectTallies } from "../../src/adapters/objects/tallies.ts";
import { tallyStore } from "../../src/adapters/objects/tally-store.ts";
import { Collector } from "../../src/app/views/collector.ts";
import { SaltKeeper } from "../../src/app/views/salt-keeper.ts";
import { Tally } from "../../src/app/views/tally.ts";
import type { Log } from "../../src/ports/log.ts";
import type { TallyRpc } from "../../src/protocol/object-rpc.ts";
import { calendarOf } from "../support/calendars.ts";
import { MemoryCountTables } from "../support/memory-count-tables.ts";
import type { BadRawLog } from "./bad-raw-log.ts";
import type { CollectorWitness } from "./collector-witness.ts";
import type { Kind, ObjectHost } from "./object-host.ts";
import type { Prng } from "./prng.ts";
import type { TallyWitness } from "./tally-witness.ts";

const ignore = () => undefined;

/** Takes note of a broken guarantee where throwing it would be caught by the product. */
export type OnFault = (cause: unknown) => void;

/** The real Collector over the real store. */
export const collectorKind = (
  witness: CollectorWitness,
  tallyOf: (caller: ObjectHost<Collector>, name: string) => TallyRpc,
  random: Prng,
  log: Log,
  onFault: OnFault,
): Kind<Collector> => {
  let incarnations = 0;
  const mintIncarnation = () => {
    incarnations += 1;
    return `i${incarnations}`;
  };
  return {
    make({ storage, clock, timers, background }, host) {
      const store = collectorStore(storage, mintIncarnation, background);
      const stubs = { getByName: (name: string) => tallyOf(host, name) };
      return new Collector({
        name: host.name,
        store,
        tallies: objectTallies(stubs, timers),
        clock,
        timers,
        random: { fraction: () => random.fraction(), bytes: (count) => new Uint8Array(count) },
        log,
        background,
      });
    },
    alarm: (collector) => collector.alarm(),
    onWake: ignore,
    onFlush: (host) => witness.flushed(host),
    onCrash: ignore,
    onFault,
  };
};

const shardOfName = (name: string): number => Number(name.split(":")[1]);

/** The real Tally over the real store. */
export const tallyKind = (
  witness: () => TallyWitness,
  bucket: BadRawLog,
  log: Log,
  onFault: OnFault,
): Kind<Tally> => ({
  make({ storage, clock, timers, background, abort }, { name }) {
    const rawLog = bucket.by(timers);
    const store = tallyStore(storage, clock.now(), background);
    const counts = new MemoryCountTables();
    const random = { bytes: (count: number) => new Uint8Array(count), fraction: () => 0.5 };
    const shard = shardOfName(name);
    const calendar = calendarOf("UTC", clock.now());
    const database = { counts, statistics: counts, calendar };
    return new Tally({ name, shard, store, rawLog, ...database, clock, random, log, abort });
  },
  alarm: (tally) => tally.alarm(),
  onWake(_, tally) {
    try {
      witness().checkCounts(tally);
    } catch (cause) {
      onFault(cause);
    }
  },
  onFlush: (_, tally) => witness().flushed(tally),
  onCrash: () => witness().crashed(),
  onFault,
});

/** The real keeper of salts over the real store. */
export const saltKind = (random: Prng, now: number, onFault: OnFault): Kind<SaltKeeper> => {
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.between(0, 255));
  const fraction = () => random.fraction();
  return {
    make: ({ storage, clock, background }) =>
      new SaltKeeper({
        store: saltStore(storage, background),
        calendar: calendarOf("UTC", now),
        clock,
        random: { bytes, fraction },
      }),
    alarm: ignore,
    onWake: ignore,
    onFlush: ignore,
    onCrash: ignore,
    onFault,
  };
};
