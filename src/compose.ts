import { Breakers } from "./adapters/breakers.ts";
import { d1Database } from "./adapters/d1/database.ts";
import { explainD1 } from "./adapters/d1/explain.ts";
import type { GuardDeps } from "./adapters/guarded.ts";
import { guardedDatabase } from "./adapters/guarded-database.ts";
import { guardedReadModel } from "./adapters/guarded-read-model.ts";
import { mysqlDatabase } from "./adapters/mysql/database.ts";
import { explainMySql } from "./adapters/mysql/explain.ts";
import { collectorStore } from "./adapters/objects/collector-store.ts";
import { objectCollectors } from "./adapters/objects/collectors.ts";
import { correctorStore } from "./adapters/objects/corrector-store.ts";
import { objectCorrectors } from "./adapters/objects/correctors.ts";
import { guardedCounts, guardedLive, guardedNumbers } from "./adapters/objects/guarded-reads.ts";
import type { ObjectStorage } from "./adapters/objects/object-storage.ts";
import { objectRankings } from "./adapters/objects/rankings.ts";
import { rankingsStore } from "./adapters/objects/rankings-store.ts";
import { objectsReadModel } from "./adapters/objects/read-model.ts";
import {
  type PlatformSockets,
  platformSockets,
  type SocketContext,
} from "./adapters/objects/room-sockets.ts";
import { roomStore } from "./adapters/objects/room-store.ts";
import { objectRooms } from "./adapters/objects/rooms.ts";
import { saltStore } from "./adapters/objects/salt-store.ts";
import { objectSalts } from "./adapters/objects/salts.ts";
import { objectTallies } from "./adapters/objects/tallies.ts";
import { tallyStore } from "./adapters/objects/tally-store.ts";
import { r2RawLog } from "./adapters/r2/raw-log.ts";
import { databaseReaders } from "./adapters/reader-roles.ts";
import { redisReadModel } from "./adapters/redis/read-model.ts";
import { analyticsTelemetry } from "./adapters/runtime/analytics-telemetry.ts";
import { bindingRateLimit } from "./adapters/runtime/binding-rate-limit.ts";
import { jsonLog } from "./adapters/runtime/json-log.ts";
import { systemClock, systemRandom, systemTimers } from "./adapters/runtime/runtime.ts";
import { webCryptoKeyedHash } from "./adapters/webcrypto/keyed-hash.ts";
import { webCryptoSignatures } from "./adapters/webcrypto/signatures.ts";
import { webCryptoSealer } from "./adapters/webcrypto/token-sealer.ts";
import { LiveRankings } from "./app/live/rankings.ts";
import { HistoryReader } from "./app/live/read-history.ts";
import { RankingsReader } from "./app/live/read-rankings.ts";
import { StreamReader } from "./app/live/read-stream.ts";
import { Room } from "./app/live/room.ts";
import { StreamRegistry } from "./app/live/stream-registry.ts";
import { collectInto } from "./app/views/collect.ts";
import { Collector } from "./app/views/collector.ts";
import { Corrector } from "./app/views/correction/corrector.ts";
import { GroupLane } from "./app/views/group-lane.ts";
import { introducer } from "./app/views/introduce.ts";
import { CountReader } from "./app/views/read-counts.ts";
import { StatsReader } from "./app/views/read-stats.ts";
import { openAdmission, registeredAdmission } from "./app/views/registry.ts";
import { TallyRestore } from "./app/views/restore-tally.ts";
import { SaltKeeper } from "./app/views/salt-keeper.ts";
import { Tally } from "./app/views/tally.ts";
import { TallyDoor } from "./app/views/tally-door.ts";
import { READER_ROLES, type ReaderRole } from "./core/reader-roles.ts";
import type { ShardSchedule } from "./core/views/shards.ts";
import { type Config, checkEnv, type UncheckedEnv } from "./env.ts";
import type { DatabaseConfig, ReadModelConfig } from "./env-stores.ts";
import type { Database } from "./ports/database.ts";
import type { DatabaseReaders, ReadTables } from "./ports/database-readers.ts";
import type { ReadModel, ReadModelWriter } from "./ports/read-model.ts";
import { toBase64Url } from "./protocol/base64url.ts";
import type { Composed, Services } from "./services.ts";

const clock = systemClock;
const timers = systemTimers;
const random = systemRandom;
const log = jsonLog;

/** The Worker's services, made once an isolate. */
export const composeWorker = (env: UncheckedEnv): Composed => {
  const checked = checkEnv(env, clock.now());
  if (checked.status === "refused") return checked;
  return { status: "ready", services: makeServices(env, checked.config) };
};

const makeServices = (env: UncheckedEnv, config: Config): Services => {
  const { schedule, calendar, allowedOrigins, tokenKeys, ticketKeys, adminKey } = config;
  const breakers = new Breakers({ clock, log });
  // Readers by the thousand leave a database alone that fails, and those of `?consistency=strong` with them: a typed
  // problem at once is worth more to them than the same after a timeout.
  const gate = breakers.of("database");
  const database = makeDatabase(config.database, { gate });
  const readers = makeReaders(config.database, database, breakers);
  const { contents, registry } = database;
  // Operators and crons are few, wait for this one answer, and would have to come back: they always try.
  const orders = makeDatabase(config.database, { gate, atRest: "try" });
  const { corrections, jobs, upkeep } = orders;
  const job = { jobs, schedule, clock, random, log };
  const salts = objectSalts({ stubs: env.SALTS, clock, timers });
  const tallies = objectTallies(env.TALLIES, timers);
  const collectors = objectCollectors(env.COLLECTORS, timers);
  const correctors = objectCorrectors(env.CORRECTORS, timers);
  const keyedHash = webCryptoKeyedHash();
  const sealer = webCryptoSealer(tokenKeys);
  const known = new StreamRegistry({ streams: registry, clock, timers });
  const rooms = objectRooms(env.ROOMS, timers);
  const rankings = objectRankings(env.RANKINGS, timers);
  // Objects are left alone by readers only: what is told to them, and orders, reach them in any case.
  const guard = { breakers, timers, random };
  const objects = objectsReadModel({
    tallies: guardedCounts(tallies, guard),
    rooms: guardedNumbers(rooms, guard),
    rankings: guardedLive(rankings, guard),
    schedule,
    log,
  });
  const writer = makeReadModel(config.readModel, schedule);
  const published =
    writer && guardedReadModel(writer, { timers, random, gate: breakers.of("redis") });
  const ladder = { published, objects, readers, clock, timers, log };
  const lane = new GroupLane({ clock, timers, send: collectInto({ collectors, clock, log }) });
  return {
    log,
    clock,
    backends: breakers,
    salts,
    tallies,
    schedule,
    calendar,
    allowedOrigins,
    adminKey,
    mint: {
      clock,
      random,
      salts,
      keyedHash,
      sealer,
      rateLimit: bindingRateLimit(env.MINT_LIMIT),
      telemetry: analyticsTelemetry(env.TELEMETRY),
      schedule,
      admission:
        config.contents === "open"
          ? openAdmission
          : registeredAdmission({ contents, tallies, schedule, clock, timers, log }),
    },
    introduce: config.contents === "open" ? introducer({ contents, clock, log }) : undefined,
    confirm: { clock, timers, salts, keyedHash, sealer, lane },
    counts: new CountReader({ ...ladder, writer, schedule }),
    stats: new StatsReader({ readers, calendar, clock, timers, log }),
    histories: new HistoryReader({ readers, known, calendar, clock, timers, log }),
    flush: { tallies, ...job },
    flushStreams: { rankings, ...job },
    correct: { correctors, calendar, ...job },
    corrections,
    rebuild: { tallies, correctors, schedule, clock },
    close: { tallies, ...job },
    upkeep: { tallies, upkeep, ...job },
    registry: { contents: orders.contents, tallies, schedule, clock, random },
    restate: { contents: orders.contents, tallies, schedule, clock, random },
    putRegistry: { database: orders, known, clock, random },
    startStream: { registry: orders.registry, rooms, known, clock, random },
    streams: new StreamReader({ ...ladder, registry: known }),
    rankings: new RankingsReader({ ...ladder, registry: known }),
    status: { tallies, correctors, jobs, schedule },
    arrive: {
      registry: known,
      signatures: webCryptoSignatures(ticketKeys),
      clock,
      log,
    },
    rooms,
    reconcile: { registry: known, rooms, rankings, log },
  };
};

/** @param guard how readers leave it alone; without one every call is made */
const makeDatabase = (
  config: DatabaseConfig,
  guard: Pick<GuardDeps, "gate" | "atRest"> = {},
): Database => {
  const deps = { timers, random, ...guard };
  return config.kind === "d1"
    ? guardedDatabase(d1Database(config.binding), { explain: explainD1, ...deps })
    : guardedDatabase(mysqlDatabase(config.url), { explain: explainMySql, ...deps });
};

/** A server of two roles is one, and the writer's address is no reader's. */
const makeReaders = (
  config: DatabaseConfig,
  writer: Database,
  breakers: Breakers,
): DatabaseReaders => {
  const readers: Partial<Record<ReaderRole, ReadTables>> = {};
  if (config.kind === "mysql") {
    const byUrl = new Map<string, ReadTables>([[config.url, writer]]);
    for (const role of READER_ROLES) {
      const url = config.readers[role];
      if (url === undefined) continue;
      const tables = byUrl.get(url) ?? makeReader(url, breakers.of(`database:${role}`));
      byUrl.set(url, tables);
      readers[role] = tables;
    }
  }
  return databaseReaders({ writer, readers, clock, timers, log });
};

/** Tried once: there are other servers. */
const makeReader = (url: string, gate: GuardDeps["gate"]): ReadTables =>
  guardedDatabase(mysqlDatabase(url), {
    explain: explainMySql,
    timers,
    random,
    gate,
    attempts: 1,
  });

/** @returns nothing where nobody publishes */
const makeReadModel = (
  config: ReadModelConfig,
  schedule: ShardSchedule,
): (ReadModel & ReadModelWriter) | undefined =>
  config.kind === "objects" ? undefined : redisReadModel(config, { schedule, clock, random });

/** What an object's constructor has at hand. */
export interface ObjectContext {
  readonly name: string;
  readonly storage: ObjectStorage;
  background(work: Promise<void>): void;
  abort(reason: string): never;
}

export const composeCollector = (context: ObjectContext, env: UncheckedEnv): Collector => {
  const { name, storage, background } = context;
  const mintIncarnation = () => toBase64Url(random.bytes(9));
  const store = collectorStore(storage, mintIncarnation, background);
  const tallies = objectTallies(env.TALLIES, timers);
  return new Collector({ name, store, tallies, clock, timers, random, log, background });
};

/** @throws when the deployment is not configured: Collectors keep what it cannot take */
export const composeTally = (context: ObjectContext, env: UncheckedEnv): TallyDoor => {
  const checked = checkEnv(env, clock.now());
  const { RAW_LOG } = env;
  if (checked.status === "refused" || RAW_LOG === undefined) {
    throw new Error("the deployment is not configured");
  }
  const { calendar, schedule, database, readModel } = checked.config;
  const { name, storage, background, abort } = context;
  const rawLog = r2RawLog(RAW_LOG, { timers, random });
  const store = tallyStore(storage, clock.now(), background);
  const { counts, statistics, shards } = makeDatabase(database);
  const shard = Number(name.split(":")[1]);
  const common = { name, shard, store, rawLog, clock, random, log };
  const correctors = objectCorrectors(env.CORRECTORS, timers);
  const restore = new TallyRestore({ ...common, shards, correctors });
  const tables = { counts, statistics, calendar };
  const writer = makeReadModel(readModel, schedule);
  const toReaders = writer && { writer, background };
  return new TallyDoor(restore, () => new Tally({ ...common, ...tables, toReaders, abort }));
};

/** @throws when the deployment is not configured: nothing is corrected by a calendar or schedule nobody chose */
export const composeCorrector = (context: ObjectContext, env: UncheckedEnv): Corrector => {
  const checked = checkEnv(env, clock.now());
  const { RAW_LOG } = env;
  if (checked.status === "refused" || RAW_LOG === undefined) {
    throw new Error("the deployment is not configured");
  }
  const { schedule, calendar, database } = checked.config;
  const { statistics, corrections, exclusions } = makeDatabase(database);
  const { name, storage, background } = context;
  return new Corrector({
    shard: Number(name.split(":")[1]),
    schedule,
    calendar,
    store: correctorStore(storage, background),
    tallies: objectTallies(env.TALLIES, timers),
    correctors: objectCorrectors(env.CORRECTORS, timers),
    rawLog: r2RawLog(RAW_LOG, { timers, random }),
    statistics,
    corrections,
    exclusions,
    clock,
    random,
    log,
  });
};

/** @throws when the deployment is not configured: no salt is made for a calendar nobody chose */
export const composeSaltKeeper = (context: ObjectContext, env: UncheckedEnv): SaltKeeper => {
  const checked = checkEnv(env, clock.now());
  if (checked.status === "refused") throw new Error("the deployment is not configured");
  const store = saltStore(context.storage, context.background);
  return new SaltKeeper({ store, calendar: checked.config.calendar, clock, random });
};

export interface ComposedRoom {
  readonly room: Room;
  readonly sockets: PlatformSockets;
}

/** @throws when the deployment is not configured: nobody is counted for a calendar nobody chose */
export const composeRoom = (
  context: ObjectContext,
  socketContext: SocketContext,
  env: UncheckedEnv,
): ComposedRoom => {
  const checked = checkEnv(env, clock.now());
  if (checked.status === "refused") throw new Error("the deployment is not configured");
  const { calendar, schedule, socketsPerNetwork: perNetwork, database, readModel } = checked.config;
  const { name, storage, background, abort } = context;
  const { streams, jobs } = makeDatabase(database);
  const sockets = platformSockets(socketContext);
  const store = roomStore(storage, clock.now(), background);
  const keyedHash = webCryptoKeyedHash();
  const rankings = objectRankings(env.RANKINGS, timers);
  const runtime = { clock, random, log, background, abort };
  const room = new Room({
    name,
    store,
    sockets,
    keyedHash,
    rankings,
    readModel: makeReadModel(readModel, schedule),
    sessions: streams,
    streams,
    jobs,
    calendar,
    perNetwork,
    ...runtime,
  });
  return { room, sockets };
};

/** @throws when the deployment is not configured: rooms keep what the list cannot bring to a database */
export const composeRankings = (context: ObjectContext, env: UncheckedEnv): LiveRankings => {
  const checked = checkEnv(env, clock.now());
  if (checked.status === "refused") throw new Error("the deployment is not configured");
  const store = rankingsStore(context.storage, context.background);
  const { streams } = makeDatabase(checked.config.database);
  return new LiveRankings({ store, tables: streams, clock });
};
