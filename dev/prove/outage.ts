/**
 * A database that is away delays what is saved and nothing else: the service runs on a MySQL that gets a `kill -9`, stays
 * away and comes back, while visitors confirm, readers read and flushes are asked for all the time.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Prng } from "../../test/simulation/prng.ts";
import type { MySqlAddress } from "../mysql/address.ts";
import { makeMinter } from "../offline-mint.ts";
import { ensureSecrets, readVariables } from "../run/secrets.ts";
import type { Service } from "../service.ts";
import { inTime } from "./in-time.ts";
import { Load } from "./load.ts";
import { startMySqlService } from "./mysql-service.ts";
import { Operator } from "./operator.ts";
import { type Latency, OUTAGE_PHASES, type OutagePhase, Phases } from "./phases.ts";
import { Readers } from "./readers.ts";
import { savedTotals } from "./saved-totals.ts";
import { settled, sum } from "./settled-counts.ts";

export interface OutageOptions {
  /** Of the load before the kill, while the database is away, and after its return. */
  readonly beforeMs: number;
  readonly outageMs: number;
  readonly afterMs: number;
  /** How long counts have to stay the same until they are final; absent: 4 s. */
  readonly quietMs?: number;
  /** Between two flushes; absent: 2 s. */
  readonly pauseMs?: number;
  readonly seed: number;
  /** Directory of the state, the secrets and the database. */
  readonly state: string;
  log(line: string): void;
}

export interface OutageReport {
  /** Different events sent, and of these answered `durable`. */
  readonly sent: number;
  readonly durable: number;
  /** Requests that did not get `durable` for all their events at once, within 5 s. */
  readonly failedConfirms: number;
  readonly latency: Latency<OutagePhase>;
  readonly reads: number;
  readonly staleReads: number;
  /** Asked again, because the first answer had not a number for every content. */
  readonly repeatedReads: number;
  /** Reads that had none after three attempts. */
  readonly failedReads: number;
  /** Flushes that began and ended while the database was away, and of these the ones that said so. */
  readonly flushesAway: number;
  readonly failedFlushesAway: number;
  /** Positions of all shards that no flush had saved, at most; as the status said meanwhile. */
  readonly unflushedAway: number;
  /** From the return of the database to the end of the first flush that saved everything, ms. */
  readonly flushedAfterMs: number;
  /** Views that the Tallies publish, and that MySQL has, in the end. */
  readonly counted: number;
  readonly saved: number;
  /** Contents of which MySQL has another number than the Tallies. */
  readonly differing: number;
}

/** So many that some are seen first while the database is away: their pages introduce themselves in vain. */
const CONTENTS = 400;
const CONFIRMS_PER_SECOND = 40;

export const proveOutage = async (options: OutageOptions): Promise<OutageReport> => {
  const world = await openWorld(options);
  try {
    const flushedAfterMs = await liveThrough(world, options);
    return await report(world, flushedAfterMs, options);
  } catch (cause) {
    options.log(world.service.output());
    throw cause;
  } finally {
    await world.close();
  }
};

interface World {
  readonly service: Service;
  readonly mysql: MySqlAddress;
  readonly contents: readonly string[];
  readonly phases: Phases<OutagePhase>;
  readonly load: Load;
  readonly readers: Readers;
  readonly operator: Operator;
  /** Of the database. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

const openWorld = async ({ state, seed, pauseMs }: OutageOptions): Promise<World> => {
  const secrets = join(state, ".dev.vars");
  // All of the load comes from one network.
  writeFileSync(secrets, 'LIMITS="off"\n');
  ensureSecrets(secrets);
  const variables = readVariables(secrets);
  const { TOKEN_KEYS: tokenKeys = "", TALLY_SHARDS: shards = "", ADMIN_KEY = "" } = variables;
  const running = await startMySqlService({ state, secrets });
  const { service, mysql } = running;

  const { url } = service;
  const contents = Array.from({ length: CONTENTS }, (_, i) => `outage-${seed}-${i}`);
  const prng = new Prng(seed);
  const phases = new Phases(OUTAGE_PHASES);
  const load = new Load({
    ...{ url: () => url, mint: makeMinter({ tokenKeys, shards }), contents },
    random: () => prng.fraction(),
    page: (id) => ({ title: `About ${id}`, url: `https://example.com/${id}` }),
    onEnd: phases.note,
  });
  return {
    ...{ service, mysql, contents, phases, load },
    readers: new Readers({ url, contents }),
    operator: new Operator({ url, adminKey: ADMIN_KEY, phases, pauseMs }),
    kill: running.killDatabase,
    restart: running.restartDatabase,
    close: running.close,
  };
};

/** @returns from the return of the database to the end of the first flush that saved everything, ms */
const liveThrough = async (world: World, options: OutageOptions): Promise<number> => {
  const { phases, load, readers, operator } = world;
  const { beforeMs, outageMs, afterMs, log } = options;
  const stop = new AbortController();
  const running = Promise.all([
    load.runAtRate(CONFIRMS_PER_SECOND),
    readers.run(stop.signal),
    operator.run(stop.signal),
  ]);
  const script = async () => {
    await sleep(beforeMs);
    // A shard that is new asks the database before it opens.
    await inTime("a flush before the outage", operator.untilFlushed());
    phases.enter("away");
    await world.kill();
    log(`the database is away, ${load.durable} durable, ${readers.reads} reads`);
    await sleep(outageMs);
    await inTime("a flush meanwhile", operator.untilFlushedAway());
    log(`it comes back, ${load.durable} durable, ${readers.reads} reads`);
    phases.leave();
    await world.restart();
    phases.enter("after");
    const backAt = performance.now();
    await inTime("a flush after the return", operator.untilFlushed());
    const flushedAfterMs = Math.round(performance.now() - backAt);
    await sleep(Math.max(0, afterMs - flushedAfterMs));
    return flushedAfterMs;
  };
  try {
    // Whoever of them fails ends it all.
    return await Promise.race([
      script(),
      running.then(() => Promise.reject(new Error("too early"))),
    ]);
  } finally {
    load.stop();
    stop.abort();
    await inTime(
      "the last answers",
      running.then(() => undefined),
    );
  }
};

const report = async (
  world: World,
  flushedAfterMs: number,
  { quietMs }: OutageOptions,
): Promise<OutageReport> => {
  const { service, mysql, contents, phases, load, readers, operator } = world;
  const counts = await settled(service, contents, { least: load.durable, quietMs });
  await operator.flush();
  const saved = await savedTotals(mysql);
  return {
    sent: load.events.length,
    durable: load.durable,
    failedConfirms: phases.failed,
    latency: phases.latency(),
    ...{ reads: readers.reads, staleReads: readers.stale },
    ...{ repeatedReads: readers.repeated, failedReads: readers.failed },
    ...{ flushesAway: operator.flushesAway, failedFlushesAway: operator.failedFlushesAway },
    unflushedAway: operator.unflushedAway,
    flushedAfterMs,
    counted: sum(counts.values()),
    saved: sum(saved.values()),
    differing: contents.filter((id) => (counts.get(id) ?? 0) !== (saved.get(id) ?? 0)).length,
  };
};
