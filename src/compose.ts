import { Breakers } from "./adapters/breakers.ts";
import { guardedReadModel } from "./adapters/guarded-read-model.ts";
import { objectCollectors } from "./adapters/objects/collectors.ts";
import { objectCorrectors } from "./adapters/objects/correctors.ts";
import {
  guardedCaps,
  guardedCounts,
  guardedLive,
  guardedNumbers,
  guardedStandings,
  guardedTraces,
  guardedViews,
} from "./adapters/objects/guarded-reads.ts";
import { objectNetworkCaps } from "./adapters/objects/network-caps.ts";
import { objectRankings } from "./adapters/objects/rankings.ts";
import { objectsReadModel } from "./adapters/objects/read-model.ts";
import { objectRooms } from "./adapters/objects/rooms.ts";
import { objectSalts } from "./adapters/objects/salts.ts";
import { objectTallies } from "./adapters/objects/tallies.ts";
import { objectViewRankings } from "./adapters/objects/view-rankings.ts";
import { r2RawLog } from "./adapters/r2/raw-log.ts";
import { analyticsTelemetry } from "./adapters/runtime/analytics-telemetry.ts";
import { bindingRateLimit } from "./adapters/runtime/binding-rate-limit.ts";
import { jsonLog as log } from "./adapters/runtime/json-log.ts";
import {
  systemClock as clock,
  systemRandom as random,
  systemTimers as timers,
} from "./adapters/runtime/runtime.ts";
import { webCryptoKeyedHash } from "./adapters/webcrypto/keyed-hash.ts";
import { webCryptoReplaySalts } from "./adapters/webcrypto/replay-salts.ts";
import { webCryptoSignatures } from "./adapters/webcrypto/signatures.ts";
import { webCryptoSealer } from "./adapters/webcrypto/token-sealer.ts";
import { Keyring } from "./app/access/keyring.ts";
import { NamedKeys } from "./app/access/named-keys.ts";
import { KnownRows } from "./app/known-rows.ts";
import { HistoryReader } from "./app/live/read-history.ts";
import { RankingsReader } from "./app/live/read-rankings.ts";
import { StreamReader } from "./app/live/read-stream.ts";
import { StreamRegistry } from "./app/live/stream-registry.ts";
import { collectInto } from "./app/views/collect.ts";
import { anyContent, contentCap } from "./app/views/content-cap.ts";
import { backEndTerms, replayTerms } from "./app/views/event-terms.ts";
import { GroupLane } from "./app/views/group-lane.ts";
import { introducer } from "./app/views/introduce.ts";
import { CountReader } from "./app/views/read-counts.ts";
import { RegionsReader } from "./app/views/read-regions.ts";
import { StatsReader } from "./app/views/read-stats.ts";
import { ViewRankingsReader } from "./app/views/read-view-rankings.ts";
import { openAdmission, registeredAdmission } from "./app/views/registry.ts";
import { rulesOfHour } from "./app/views/rules-of-hour.ts";
import { visitorCap } from "./app/views/visitor-cap.ts";
import { makeDatabase, makeReaders, makeReadModel } from "./compose-stores.ts";
import type { ContentId } from "./core/ids.ts";
import { REGISTERED_MEMO_MS } from "./core/limits.ts";
import { type Config, checkEnv, type UncheckedEnv } from "./env.ts";
import type { Composed, Services } from "./services.ts";

/** The Worker's services, made once an isolate. */
export const composeWorker = (env: UncheckedEnv): Composed => {
  const checked = checkEnv(env, clock.now());
  if (checked.status === "refused") return checked;
  return { status: "ready", services: makeServices(env, checked.config) };
};

const makeServices = (env: UncheckedEnv, config: Config): Services => {
  const { schedule, calendar, allowedOrigins, tokenKeys, ticketKeys, adminKeys } = config;
  const breakers = new Breakers({ clock, log });
  // Readers by the thousand leave a database alone that fails, and those of `?consistency=strong` with them: a typed
  // problem at once is worth more to them than the same after a timeout.
  const gate = breakers.of("database");
  const database = makeDatabase(config.database, { gate });
  const readers = makeReaders(config.database, database, breakers);
  const { contents, registry, exclusions, suspicions } = database;
  // Operators and crons are few, wait for this one answer, and would have to come back: they always try.
  const orders = makeDatabase(config.database, { gate, atRest: "try" });
  const { audit, corrections, idempotency, jobs, upkeep } = orders;
  const job = { jobs, schedule, clock, random, log };
  const salts = objectSalts({ stubs: env.SALTS, clock, timers });
  const tallies = objectTallies(env.TALLIES, timers);
  const collectors = objectCollectors(env.COLLECTORS, timers);
  const correctors = objectCorrectors(env.CORRECTORS, timers);
  const decisions = { exclusions: orders.exclusions, correctors, schedule, clock, random };
  const keyedHash = webCryptoKeyedHash();
  const sealer = webCryptoSealer(tokenKeys);
  const known = new StreamRegistry({ streams: registry, clock, timers, log });
  const named = new NamedKeys({ keys: database.keys, clock, timers, log });
  const rooms = objectRooms(env.ROOMS, timers);
  const rankings = objectRankings(env.RANKINGS, timers);
  const viewRankings = objectViewRankings(env.VIEW_RANKINGS, timers);
  // Objects are left alone by readers only: what is told to them, and orders, reach them in any case.
  const guard = { breakers, timers, random };
  const objects = objectsReadModel({
    tallies: guardedCounts(tallies, guard),
    rooms: guardedNumbers(rooms, guard),
    rankings: guardedLive(rankings, guard),
    viewRankings: guardedViews(viewRankings, guard),
    schedule,
    log,
  });
  const writer = makeReadModel(config.readModel, schedule);
  const published =
    writer && guardedReadModel(writer, { timers, random, gate: breakers.of("redis") });
  const pages = new KnownRows({
    find: (ids: readonly ContentId[]) => contents.findContents(ids),
    lifeMs: () => REGISTERED_MEMO_MS,
    ...{ clock, timers, log },
  });
  const ladder = { published, objects, readers, clock, timers, log };
  const lane = new GroupLane({ clock, timers, send: collectInto({ collectors, clock, log }) });
  const telemetry = analyticsTelemetry(env.TELEMETRY);
  const admission =
    config.contents === "open"
      ? openAdmission
      : registeredAdmission({ contents, tallies, schedule, clock, timers, log });
  const taking = { clock, timers, keyedHash, schedule, admission, lane };
  const rules = { exclusions, suspicions: { mode: config.suspects, tables: suspicions } };
  const [{ secret }] = tokenKeys;
  const capping = {
    caps: config.caps,
    objects: guardedCaps(objectNetworkCaps(env.NETWORK_CAPS), guard),
    ...{ clock, log },
  };
  const standings = guardedStandings(tallies, guard);
  return {
    log,
    clock,
    backends: breakers,
    salts,
    tallies,
    schedule,
    calendar,
    allowedOrigins,
    keyring: new Keyring({ adminKeys, named }),
    keys: { keys: orders.keys, known: named, clock, random },
    mint: {
      clock,
      random,
      salts,
      keyedHash,
      sealer,
      rateLimit: bindingRateLimit(env.MINT_LIMIT),
      telemetry,
      schedule,
      admission,
      caps: {
        visitors: visitorCap(capping),
        contents:
          config.contents === "open"
            ? contentCap({ ...capping, tallies: standings, schedule })
            : anyContent,
      },
    },
    introduce: config.contents === "open" ? introducer({ contents, clock, log }) : undefined,
    confirm: { clock, timers, salts, keyedHash, sealer, lane },
    receipts: {
      tallies: guardedTraces(tallies, guard),
      rawLog: r2RawLog(config.rawLog, { timers, random }),
      rulesOf: (hour) => rulesOfHour(rules, hour),
      rateLimit: bindingRateLimit(env.RECEIPT_LIMIT),
      ...{ sealer, salts, keyedHash, schedule, clock, timers, log },
    },
    events: { ...taking, terms: backEndTerms(salts), dropped: telemetry.dropped },
    // What happened long ago is nothing of this hour's telemetry.
    replay: {
      ...taking,
      terms: replayTerms(webCryptoReplaySalts(secret, calendar)),
      dropped: () => undefined,
    },
    counts: new CountReader({ ...ladder, writer, schedule }),
    stats: new StatsReader({ readers, calendar, clock, timers, log }),
    regions: new RegionsReader({ readers, calendar, clock, timers, log }),
    histories: new HistoryReader({ readers, known, calendar, clock, timers, log }),
    repeats: { tables: idempotency, clock, random, timers, log },
    orders: { audit, clock, random, timers, log },
    audit,
    flush: { tallies, ...job },
    flushStreams: { rankings, ...job },
    rankViews: { readers, rankings: viewRankings, calendar, ...job },
    correct: { correctors, calendar, ...job },
    corrections,
    exclusions: decisions,
    suspicions: { ...decisions, suspicions: orders.suspicions, mode: config.suspects },
    rebuild: { tallies, correctors, schedule, clock },
    close: { tallies, ...job },
    upkeep: { tallies, upkeep, idempotency, ...job },
    registry: { contents: orders.contents, tallies, schedule, clock, random },
    restate: { contents: orders.contents, audit, tallies, schedule, clock, random },
    putRegistry: { database: orders, known, clock, random },
    deleteUser: { users: orders.users, rooms, clock, random, log },
    startStream: { registry: orders.registry, rooms, known, clock, random },
    streams: new StreamReader({ ...ladder, registry: known }),
    rankings: new RankingsReader({ ...ladder, registry: known }),
    viewRankings: new ViewRankingsReader({ ...ladder, contents: pages }),
    status: { tallies, correctors, jobs, schedule },
    arrive: {
      registry: known,
      signatures: webCryptoSignatures(ticketKeys),
      clock,
    },
    rooms,
    reconcile: { registry: known, rooms, rankings, log },
  };
};
