import { databaseReaders } from "../../src/adapters/reader-roles.ts";
import { StatsReader } from "../../src/app/views/read-stats.ts";
import type { ContentId } from "../../src/core/ids.ts";
import type { Database } from "../../src/ports/database.ts";
import type { Counts } from "./oracle.ts";
import type { Product } from "./product.ts";

/** Those viewed most, so that their numbers are the largest. */
const TOP_CONTENTS = 20;

const RANGE = { from: "2026-11-21", to: "2026-11-23" } as const;

/**
 * What the statistics say of the contents viewed most, by `period content`: hours by their start in ms, days as 20261121.
 * @param cells by `hour content`
 */
export const readStatistics = async (
  { calendar, clock, timers, log }: Product,
  database: Database,
  cells: Counts,
): Promise<Counts> => {
  const readers = databaseReaders({ writer: database, readers: {}, clock, timers, log });
  const reader = new StatsReader({ readers, calendar, clock, timers, log });
  const told: Counts = new Map();
  for (const content of topOf(cells)) {
    for (const granularity of ["hour", "day"] as const) {
      const read = await reader.read({ content, granularity, ...RANGE, limit: 1_000 });
      if (read.status !== "read") throw new Error(`no statistics of ${content}: ${read.status}`);
      for (const { name, start, views } of read.stats.periods) {
        const period = granularity === "hour" ? start : name.replaceAll("-", "");
        told.set(`${period} ${content}`, views);
      }
    }
  }
  return told;
};

const topOf = (cells: Counts): readonly ContentId[] => {
  const views = new Map<string, number>();
  for (const [key, counted] of cells) {
    const content = key.split(" ")[1] ?? "";
    views.set(content, (views.get(content) ?? 0) + counted);
  }
  const top = [...views].sort(([, a], [, b]) => b - a).slice(0, TOP_CONTENTS);
  return top.map(([content]) => content as ContentId);
};
