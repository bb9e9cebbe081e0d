import type { ContentId } from "../../core/ids.ts";
import type { DaySum, TallyDays } from "../../ports/tally-days.ts";
import type { MetaTable } from "./meta-table.ts";
import { type ObjectStorage, type SqlRow, scalar } from "./object-storage.ts";

/** Both are joined from the left, so that each cell is found by its key, however many others the hours have. */
const SUMS_OF = `SELECT cells.content AS content, SUM(counted) AS views, MIN(final) AS final, MAX(version) AS version
  FROM json_each(?) AS named CROSS JOIN json_each(?) AS hours
  CROSS JOIN cells ON cells.hour = hours.value AND cells.content = named.value
  GROUP BY cells.content`;

const SUMS_BETWEEN = `SELECT content, SUM(counted) AS views, MIN(final) AS final, MAX(version) AS version
  FROM json_each(?) AS hours CROSS JOIN cells ON cells.hour = hours.value AND content > ? AND content <= ?
  GROUP BY content ORDER BY content`;

/** Where the first of the hours to have that many contents left has the last of them. */
const END_OF_PAGE = `SELECT MIN((
    SELECT content FROM cells WHERE cells.hour = hours.value AND content > ? ORDER BY content LIMIT 1 OFFSET ?
  )) FROM json_each(?) AS hours`;

const AFTER_ALL_IDS = "~";

export const tallyDays = ({ sql }: ObjectStorage, meta: MetaTable): TallyDays => ({
  rolled: () => meta.number("rolled", 0),
  saveRolled: (version) => meta.set("rolled", version),
  rolledDays: () => meta.number("rolled_days", 0),
  saveRolledDays: (through) => meta.set("rolled_days", through),
  emptied: () => meta.number("emptied", 0),
  saveEmptied: (through) => meta.set("emptied", through),
  sending: () => meta.number("sending", 0),
  sendAnew() {
    for (const watermark of ["flushed", "rolled", "rolled_days"]) meta.set(watermark, 0);
    meta.set("sending", meta.number("sending", 0) + 1);
  },
  firstHour(from) {
    const hour = scalar(sql.exec("SELECT MIN(hour) FROM cells WHERE hour >= ?", from));
    return typeof hour === "number" ? hour : undefined;
  },
  sums: (hours, contents) =>
    [...sql.exec(SUMS_OF, JSON.stringify(contents), JSON.stringify(hours))].map(readSum),
  sumsBehind(hours, after, limit) {
    const list = JSON.stringify(hours);
    const end = scalar(sql.exec(END_OF_PAGE, after, limit - 1, list)) ?? AFTER_ALL_IDS;
    return [...sql.exec(SUMS_BETWEEN, list, after, end)].map(readSum);
  },
});

const readSum = ({ content, views, final, version }: SqlRow): DaySum => ({
  content: content as ContentId,
  views: Number(views),
  final: final === 1,
  version: Number(version),
});
