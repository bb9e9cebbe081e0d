/** Which adapter serves which store, by the configuration. */

import type { Breakers, Gate } from "./adapters/breakers.ts";
import { d1Database } from "./adapters/d1/database.ts";
import { explainD1 } from "./adapters/d1/explain.ts";
import type { GuardDeps } from "./adapters/guarded.ts";
import { guardedDatabase } from "./adapters/guarded-database.ts";
import { mysqlDatabase } from "./adapters/mysql/database.ts";
import { explainMySql } from "./adapters/mysql/explain.ts";
import { databaseReaders } from "./adapters/reader-roles.ts";
import { redisReadModel } from "./adapters/redis/read-model.ts";
import { jsonLog as log } from "./adapters/runtime/json-log.ts";
import {
  systemClock as clock,
  systemRandom as random,
  systemTimers as timers,
} from "./adapters/runtime/runtime.ts";
import { READER_ROLES, type ReaderRole } from "./core/reader-roles.ts";
import type { ShardSchedule } from "./core/views/shards.ts";
import type { DatabaseConfig, ReadModelConfig } from "./env-stores.ts";
import type { Database } from "./ports/database.ts";
import type { DatabaseReaders, ReadTables } from "./ports/database-readers.ts";
import type { ReadModel, ReadModelWriter } from "./ports/read-model.ts";

/** @param guard how readers leave it alone; without one every call is made */
export const makeDatabase = (
  config: DatabaseConfig,
  guard: Pick<GuardDeps, "gate" | "atRest"> = {},
): Database => {
  const deps = { timers, random, ...guard };
  return config.kind === "d1"
    ? guardedDatabase(d1Database(config.binding), { explain: explainD1, ...deps })
    : guardedDatabase(mysqlDatabase(config.url), { explain: explainMySql, ...deps });
};

/** A server of two roles is one, and the writer's address is no reader's. */
export const makeReaders = (
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
const makeReader = (url: string, gate: Gate): ReadTables => {
  const deps = { explain: explainMySql, timers, random, gate, attempts: 1 };
  return guardedDatabase(mysqlDatabase(url), deps);
};

/** @returns nothing where nobody publishes: the objects answer readers themselves */
export const makeReadModel = (
  config: ReadModelConfig,
  schedule: ShardSchedule,
): (ReadModel & ReadModelWriter) | undefined =>
  config.kind === "redis" ? redisReadModel(config, { schedule, clock, random }) : undefined;
