import {
  MOST_VIEWED_STATEMENT_TIMEOUT_MS,
  UPKEEP_STATEMENT_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Database } from "../../ports/database.ts";
import { mysqlAccessKeyTables } from "./access-key-tables.ts";
import { mysqlAuditTables } from "./audit-tables.ts";
import { mysqlContentTables } from "./content-tables.ts";
import { mysqlCorrectionTables } from "./correction-tables.ts";
import { mysqlCountTables } from "./count-tables.ts";
import { mysqlExclusionTables } from "./exclusion-tables.ts";
import { mysqlHandle } from "./handle.ts";
import { mysqlIdempotencyTables } from "./idempotency-tables.ts";
import { mysqlJobTables } from "./job-tables.ts";
import { mysqlRegistryTables } from "./registry-tables.ts";
import { mysqlShardTables } from "./shard-tables.ts";
import { mysqlStatisticsTables } from "./statistics-tables.ts";
import { mysqlStreamTables } from "./stream-tables.ts";
import { mysqlSuspicionTables } from "./suspicion-tables.ts";
import { mysqlUpkeepTables } from "./upkeep-tables.ts";
import { mysqlUserTables } from "./user-tables.ts";

/**
 * PlanetScale, or any MySQL behind its protocol.
 * @param url `https://user:password@host`
 * @param timeoutMs of one statement; what is usual when absent
 */
export const mysqlDatabase = (url: string, timeoutMs?: number): Database => {
  const db = mysqlHandle(url, timeoutMs);
  return {
    counts: mysqlCountTables(db),
    shards: mysqlShardTables(db),
    statistics: mysqlStatisticsTables(
      db,
      mysqlHandle(url, timeoutMs ?? MOST_VIEWED_STATEMENT_TIMEOUT_MS),
    ),
    corrections: mysqlCorrectionTables(db),
    exclusions: mysqlExclusionTables(db),
    suspicions: mysqlSuspicionTables(db),
    audit: mysqlAuditTables(db),
    idempotency: mysqlIdempotencyTables(db),
    contents: mysqlContentTables(db),
    registry: mysqlRegistryTables(db),
    streams: mysqlStreamTables(db),
    users: mysqlUserTables(db),
    jobs: mysqlJobTables(db),
    upkeep: mysqlUpkeepTables(mysqlHandle(url, UPKEEP_STATEMENT_TIMEOUT_MS)),
    keys: mysqlAccessKeyTables(db),
  };
};
