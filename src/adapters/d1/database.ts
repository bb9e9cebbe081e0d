import { drizzle } from "drizzle-orm/d1";
import type { Database } from "../../ports/database.ts";
import { d1AccessKeyTables } from "./access-key-tables.ts";
import { d1AuditTables } from "./audit-tables.ts";
import { d1ContentTables } from "./content-tables.ts";
import { d1CorrectionTables } from "./correction-tables.ts";
import { d1CountTables } from "./count-tables.ts";
import { d1ExclusionTables } from "./exclusion-tables.ts";
import { d1IdempotencyTables } from "./idempotency-tables.ts";
import { d1JobTables } from "./job-tables.ts";
import { d1RegistryTables } from "./registry-tables.ts";
import { d1ShardTables } from "./shard-tables.ts";
import { d1StatisticsTables } from "./statistics-tables.ts";
import { d1StreamTables } from "./stream-tables.ts";
import { d1SuspicionTables } from "./suspicion-tables.ts";
import { d1UpkeepTables } from "./upkeep-tables.ts";
import { d1UserTables } from "./user-tables.ts";

export const d1Database = (binding: D1Database): Database => {
  const db = drizzle(binding);
  return {
    counts: d1CountTables(db),
    shards: d1ShardTables(db),
    statistics: d1StatisticsTables(db),
    corrections: d1CorrectionTables(db),
    exclusions: d1ExclusionTables(db),
    suspicions: d1SuspicionTables(db),
    audit: d1AuditTables(db),
    idempotency: d1IdempotencyTables(db),
    contents: d1ContentTables(db),
    registry: d1RegistryTables(db),
    streams: d1StreamTables(db),
    users: d1UserTables(db),
    jobs: d1JobTables(db),
    upkeep: d1UpkeepTables(db),
    keys: d1AccessKeyTables(db),
  };
};
