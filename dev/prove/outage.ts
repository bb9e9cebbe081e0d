/**
 * A database that is away delays what is saved and nothing else: the service runs on a MySQL that gets a `kill -9`, stays
 * away and comes back, while visitors confirm, readers read and flushes are asked for all the time.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { Prng } from "../../test/simulation/prng.ts";
import type { MySqlAddress } from "../mysql/address.ts";
import { privateAddress, startPrivate } from "../mysql/private.ts";
import { makeMinter } from "../offline-mint.ts";
import { startGateway } from "../planetscale-gateway/gateway.ts";
import { ensureSecrets, readVariables } from "../run/secrets.ts";
import { startService } from "../service.ts";
import { inTime } from "./in-time.ts";
import { Load } from "./load.ts";
import { Operator } from "./operator.ts";
import { type Latency, Phases } from "./phases.ts";
import { Readers } from "./readers.ts";
import { settled, sum } from "./settled-counts.ts";

export interface OutageOptions {
  /** Of the load before the kill, while the database is away, and after its return. */
  readonly beforeMs: number;
  readonly outageMs: number;
  readonly afterMs: number;
  readonly seed: number;
  /** Directory of the state, the secrets and the database. */
  readonly state: string;
  log(line: string): void;
}

export interface OutageReport {
  /** Different events sent, and of these answered `durable`. */
  readonly sent: number;
  readonly durable: number;
  /** Requests that did not get `durable` for all their events at once, within 2 s. */
  readonly failedConfirms: number;
  readonly latency: Latency;
  readonly reads: number;
  readonly staleReads: number;
  /** Reads that did not answer a number for every content. */
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
  const { state, seed, log } = options;
  const prng = new Prng(seed);
  const random = () => prng.fraction();
  const secrets = join(state, ".dev.vars");
  ensureSecrets(secrets);
  const variables = readVariables(secrets);
  const { TOKEN_KEYS: tokenKeys = "", TALLY_SHARDS: shards = "", ADMIN_KEY = "" } = variables;
  const contents = Array.from({ length: CONTENTS }, (_, i) => `outage-${seed}-${i}`);
  // Of its own: the service's state has a place for a database that it starts itself.
  const beside = join(state, "beside");
  mkdirSync(beside, { recursive: true });

  let server = await startPrivate(beside);
  const mysql = privateAddress(beside);
  const gateway = await startGateway({ mysql, port: 0, user: "prover", password: "of-the-proof" });
  const service = await startService({ state, secrets, port: 0, databaseUrl: gateway.url });
  try {
    const phases = new Phases();
    const minter = makeMinter({ tokenKeys, shards });
    const load = new Load({
      ...{ url: () => service.url, mint: minter, contents, random },
      page: (id) => ({ title: `About ${id}`, url: `https://example.com/${id}` }),
      onEnd: phases.note,
    });
    const readers = new Readers({ url: service.url, contents });
    const operator = new Operator({ url: service.url, adminKey: ADMIN_KEY, phases });
    const stop = new AbortController();
    const running = [load.runAtRate(CONFIRMS_PER_SECOND), readers.run(stop.signal)];
    running.push(operator.run(stop.signal));

    await sleep(options.beforeMs);
    phases.enter("away");
    await server.kill();
    log(`the database is away, ${load.durable} durable, ${readers.reads} reads`);
    await sleep(options.outageMs);
    log(`it comes back, ${load.durable} durable, ${readers.reads} reads`);
    phases.leave();
    server = await startPrivate(beside);
    const backAt = performance.now();
    phases.enter("after");
    await inTime("a flush after the return", operator.untilFlushed());
    const flushedAfterMs = Math.round(performance.now() - backAt);
    await sleep(Math.max(0, options.afterMs - flushedAfterMs));
    load.stop();
    stop.abort();
    await inTime(
      "the last answers",
      Promise.all(running).then(() => undefined),
    );

    const counts = await settled(service, contents);
    await operator.flush();
    const saved = await savedTotals(mysql);
    return {
      sent: load.events.length,
      durable: load.durable,
      failedConfirms: phases.failed,
      latency: phases.latency(),
      ...{ reads: readers.reads, staleReads: readers.stale, failedReads: readers.failed },
      ...{ flushesAway: operator.flushesAway, failedFlushesAway: operator.failedFlushesAway },
      unflushedAway: operator.unflushedAway,
      flushedAfterMs,
      counted: sum(counts.values()),
      saved: sum(saved.values()),
      differing: contents.filter((id) => (counts.get(id) ?? 0) !== (saved.get(id) ?? 0)).length,
    };
  } catch (cause) {
    log(service.output());
    throw cause;
  } finally {
    service.signal("SIGTERM");
    await service.exited;
    await gateway.close();
    await server.stop();
  }
};

/** By content. */
const savedTotals = async (mysql: MySqlAddress): Promise<ReadonlyMap<string, number>> => {
  const connection = await createConnection({ ...mysql });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT content_id, CAST(SUM(published) AS SIGNED) AS views FROM view_totals GROUP BY content_id",
    );
    return new Map(rows.map(({ content_id: id, views }) => [String(id), Number(views)]));
  } finally {
    await connection.end();
  }
};
