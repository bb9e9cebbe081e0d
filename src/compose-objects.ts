/** What the constructors of the Durable Objects make themselves of. */

import { collectorStore } from "./adapters/objects/collector-store.ts";
import { correctorStore } from "./adapters/objects/corrector-store.ts";
import { objectCorrectors } from "./adapters/objects/correctors.ts";
import type { ObjectStorage } from "./adapters/objects/object-storage.ts";
import { objectRankings } from "./adapters/objects/rankings.ts";
import { rankingsStore } from "./adapters/objects/rankings-store.ts";
import {
  type PlatformSockets,
  platformSockets,
  type SocketContext,
} from "./adapters/objects/room-sockets.ts";
import { roomStore } from "./adapters/objects/room-store.ts";
import { saltStore } from "./adapters/objects/salt-store.ts";
import { objectTallies } from "./adapters/objects/tallies.ts";
import { tallyStore } from "./adapters/objects/tally-store.ts";
import { objectViewRankings } from "./adapters/objects/view-rankings.ts";
import { viewRankingsStore } from "./adapters/objects/view-rankings-store.ts";
import { r2RawLog } from "./adapters/r2/raw-log.ts";
import { jsonLog as log } from "./adapters/runtime/json-log.ts";
import {
  systemClock as clock,
  systemRandom as random,
  systemTimers as timers,
} from "./adapters/runtime/runtime.ts";
import { webCryptoKeyedHash } from "./adapters/webcrypto/keyed-hash.ts";
import { LiveRankings } from "./app/live/rankings.ts";
import { Room } from "./app/live/room.ts";
import { CapKeeper } from "./app/views/cap-keeper.ts";
import { Collector } from "./app/views/collector.ts";
import { Corrector } from "./app/views/correction/corrector.ts";
import { TallyRestore } from "./app/views/restore-tally.ts";
import { SaltKeeper } from "./app/views/salt-keeper.ts";
import { Tally } from "./app/views/tally.ts";
import { TallyDoor } from "./app/views/tally-door.ts";
import { ViewRankings } from "./app/views/view-rankings.ts";
import { makeDatabase, makeReadModel } from "./compose-stores.ts";
import { shardsAt } from "./core/views/shards.ts";
import { checkEnv, type UncheckedEnv } from "./env.ts";
import { toBase64Url } from "./protocol/base64url.ts";

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
  const { calendar, schedule, database, readModel, suspects: mode } = checked.config;
  const { name, storage, background, abort } = context;
  const rawLog = r2RawLog(RAW_LOG, { timers, random });
  const store = tallyStore(storage, clock.now(), background);
  const { counts, statistics, shards, contents, suspicions: tables } = makeDatabase(database);
  const shard = Number(name.split(":")[1]);
  const common = { name, shard, store, rawLog, clock, random, log };
  const correctors = objectCorrectors(env.CORRECTORS, timers);
  const restore = new TallyRestore({ ...common, shards, correctors });
  const kept = { counts, statistics, calendar };
  const suspicions = {
    tables,
    mode,
    background,
    shards: () => shardsAt(schedule, clock.now()),
  };
  const writer = makeReadModel(readModel, schedule);
  const toReaders = writer && { writer, background };
  const rankings = objectViewRankings(env.VIEW_RANKINGS, timers);
  const ranking = { rankings, contents, schedule, timers, background };
  const told = { toReaders, ranking, suspicions };
  return new TallyDoor(restore, () => new Tally({ ...common, ...kept, ...told, abort }));
};

/** @throws when the deployment is not configured: nothing is corrected by a calendar or schedule nobody chose */
export const composeCorrector = (context: ObjectContext, env: UncheckedEnv): Corrector => {
  const checked = checkEnv(env, clock.now());
  const { RAW_LOG } = env;
  if (checked.status === "refused" || RAW_LOG === undefined) {
    throw new Error("the deployment is not configured");
  }
  const { schedule, calendar, database, suspects: mode } = checked.config;
  const { statistics, corrections, exclusions, suspicions: tables } = makeDatabase(database);
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
    suspicions: { mode, tables },
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

export const composeCapKeeper = (): CapKeeper => new CapKeeper(clock);

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
  const { streams, users, jobs } = makeDatabase(database);
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
    users,
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

/** @throws when the deployment is not configured: nothing is published for a choice nobody made */
export const composeViewRankings = (
  { storage, background }: ObjectContext,
  env: UncheckedEnv,
): ViewRankings => {
  const checked = checkEnv(env, clock.now());
  if (checked.status === "refused") throw new Error("the deployment is not configured");
  const writer = makeReadModel(checked.config.readModel, checked.config.schedule);
  return new ViewRankings({ store: viewRankingsStore(storage, background), writer, clock, log });
};
