/** Rules about the database on the server: that it is there, its text, and its partitions. */
import { boundLike, instantOf } from "./bounds.ts";
import { type Rule, type Verdict, verdict } from "./rule.ts";
import { CATCH_ALL, PARTITIONED_TABLES, type Server, type Table } from "./server.ts";

const DAY_MS = 24 * 3_600 * 1_000;

/** The job that makes partitions runs every day: with less than this left it has missed a run. */
const AHEAD_MS = 2 * DAY_MS;

const database: Rule = {
  check: "database",
  judge({ databaseName: name, database: found }) {
    const level = found?.characterSet === "utf8mb4" ? "ok" : "fail";
    const verb = found === undefined ? "CREATE" : "ALTER";
    const mend = `${verb} DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;`;
    return verdict(level, `${name}, ${found?.characterSet ?? "missing"}`, "utf8mb4", mend);
  },
};

const NEEDED = `bounds ahead of now, ${CATCH_ALL} empty`;

const partitionsOf = (name: string): Rule => ({
  check: `partitions, ${name}`,
  judge(server) {
    const table = server.database?.tables.get(name);
    if (table === undefined) {
      return verdict("fail", "no such table", NEEDED, "Apply the migrations of migrations/mysql");
    }
    return judgeTable(name, table, server);
  },
});

const judgeTable = (name: string, table: Table, { now }: Server): Verdict => {
  const bounded = table.partitions.filter(({ below }) => below !== "MAXVALUE");
  const last = bounded.at(-1);
  if (last === undefined) {
    const mend = `ALTER TABLE ${name} PARTITION BY …, as migrations/mysql has it`;
    return verdict("fail", "not partitioned by time", NEEDED, mend);
  }
  if (table.partitions.every((partition) => partition.name !== CATCH_ALL)) {
    const mend = `ALTER TABLE ${name} ADD PARTITION (PARTITION ${CATCH_ALL} VALUES LESS THAN (MAXVALUE));`;
    return verdict("fail", `${bounded.length}, no ${CATCH_ALL}`, NEEDED, mend);
  }
  const end = instantOf(last);
  const until = end === undefined ? `to ${last.below}` : `to ${end.toISOString().slice(0, 10)}`;
  const value = `${bounded.length}, ${until}`;
  const next = nextMonth(new Date(Math.max(now.getTime(), end?.getTime() ?? 0)));
  const bound = boundLike(last, next) ?? "…";
  const mend =
    `ALTER TABLE ${name} REORGANIZE PARTITION ${CATCH_ALL} INTO (PARTITION ${partitionName(next)} ` +
    `VALUES LESS THAN (${bound}), PARTITION ${CATCH_ALL} VALUES LESS THAN (MAXVALUE));`;
  if (table.catchAllHasRows === true) {
    return verdict("fail", `${value}, rows in ${CATCH_ALL}`, NEEDED, mend);
  }
  if (end === undefined) return verdict("warn", `${value}, in an unknown unit`, NEEDED, mend);
  const left = end.getTime() - now.getTime();
  if (left <= 0) return verdict("fail", value, NEEDED, mend);
  if (left < AHEAD_MS) return verdict("warn", value, NEEDED, mend);
  const shown = table.catchAllHasRows === undefined ? `${value}, ${CATCH_ALL} not shown` : value;
  return verdict("ok", shown, NEEDED, mend);
};

const nextMonth = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));

/** By the day it ends before, so that it is no name of a partition by month or by day. */
const partitionName = (end: Date): string =>
  `until_${end.toISOString().slice(0, 10).replaceAll("-", "_")}`;

export const DATABASE_RULES: readonly Rule[] = [database, ...PARTITIONED_TABLES.map(partitionsOf)];
