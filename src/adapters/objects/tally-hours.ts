import type { HourStore } from "../../ports/hour-store.ts";
import { type ObjectStorage, scalar } from "./object-storage.ts";
import { SAVE_HOUR } from "./tally-sql.ts";

export const hourStore = (sql: ObjectStorage["sql"]): HourStore => ({
  hour(hour) {
    for (const row of sql.exec("SELECT * FROM hours WHERE hour = ?", hour)) {
      return {
        run: Number(row.run),
        through: Number(row.through),
        settled: Number(row.settled),
        dirtiedAt: Number(row.dirtied_at),
        changed: Number(row.changed),
        incomplete: row.incomplete === 1,
      };
    }
    return undefined;
  },
  saveHour(hour, { run, through, settled, dirtiedAt, changed, incomplete }) {
    sql.exec(SAVE_HOUR, hour, run, through, settled, dirtiedAt, changed, Number(incomplete));
  },
  hoursSince(from) {
    const query = `SELECT hour, dirtied_at > through AS dirty FROM hours
      WHERE hour >= ? AND dirtied_at > 0 ORDER BY hour`;
    return [...sql.exec(query, from)].map(({ hour, dirty }) => {
      return { hour: Number(hour), dirty: dirty === 1 };
    });
  },
  countDirty(from) {
    const query = "SELECT COUNT(*) FROM hours WHERE hour >= ? AND dirtied_at > through";
    return Number(scalar(sql.exec(query, from)));
  },
  viewsOf(hour) {
    return Number(scalar(sql.exec("SELECT SUM(counted) FROM cells WHERE hour = ?", hour)) ?? 0);
  },
  forgetHoursBefore: (hour) => void sql.exec("DELETE FROM hours WHERE hour < ?", hour),
});
