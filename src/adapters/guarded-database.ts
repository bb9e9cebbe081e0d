import { DATABASE_ATTEMPTS, DATABASE_TIMEOUT_MS } from "../core/limits.ts";
import type { Database } from "../ports/database.ts";
import { demandWithin, type Timers } from "../ports/timers.ts";

/** Gives every call a timeout and, since every one is safe to repeat, another try. */
export const guardedDatabase = (
  { counts, contents, jobs, upkeep }: Database,
  timers: Timers,
): Database => {
  const guard =
    <Args extends readonly unknown[], Result>(
      what: string,
      call: (...args: Args) => Promise<Result>,
    ) =>
    async (...args: Args): Promise<Result> => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await demandWithin(call(...args), DATABASE_TIMEOUT_MS, what, timers);
        } catch (cause) {
          if (attempt === DATABASE_ATTEMPTS) throw cause;
        }
      }
    };
  return {
    counts: {
      saveCells: guard("database.saveCells", counts.saveCells),
      saveTotals: guard("database.saveTotals", counts.saveTotals),
      totals: guard("database.totals", counts.totals),
    },
    contents: {
      content: guard("database.content", contents.content),
      putContent: guard("database.putContent", contents.putContent),
      introduce: guard("database.introduce", contents.introduce),
      category: guard("database.category", contents.category),
      putCategory: guard("database.putCategory", contents.putCategory),
    },
    jobs: {
      record: guard("database.record", jobs.record),
      last: guard("database.last", jobs.last),
    },
    upkeep: {
      partitions: guard("database.partitions", upkeep.partitions),
      addPartitions: guard("database.addPartitions", upkeep.addPartitions),
      dropPartition: guard("database.dropPartition", upkeep.dropPartition),
      deleteBefore: guard("database.deleteBefore", upkeep.deleteBefore),
    },
  };
};
