/** Rules about the server as a whole, which take more than one variable to judge. */
import { formatBytes, GIB, MIB, type Rule, verdict } from "./rule.ts";
import { isMariaDb, type Server, variableOf } from "./server.ts";

/** Both keep descending indexes and partition by RANGE as the schema needs it from there on. */
const MYSQL_SINCE = [8, 0, 20] as const;
const MARIADB_SINCE = [10, 8, 0] as const;

/** Of a year that is kept, a quarter is what bursts and readers touch. */
const HOT_SHARE = 1 / 4;
const BUFFER_POOL_MIN_BYTES = 256 * MIB;

/** A burst of a million rows, at 100-300 bytes a row. */
const REDO_BYTES = 256 * MIB;

const CONNECTIONS = 100;
/** A flush takes 6, people and backups want theirs. */
const CONNECTIONS_MIN = 20;
const CONNECTIONS_BUSY = 0.9;

/** workerd holds one for each viewer's socket, and some for each object's storage. */
const PROCESS_FILES = 8_192;

const version: Rule = {
  check: "version",
  judge(server) {
    const since = isMariaDb(server) ? MARIADB_SINCE : MYSQL_SINCE;
    const found = /(\d+)\.(\d+)\.(\d+)/.exec(server.version)?.slice(1).map(Number) ?? [];
    const difference = since.map((part, i) => (found[i] ?? 0) - part).find((by) => by !== 0) ?? 0;
    const needed = `MySQL ${MYSQL_SINCE.join(".")} or MariaDB 10.8`;
    const mend = "Upgrade: an index that descends is one that ascends before that";
    return verdict(difference >= 0 ? "ok" : "fail", server.version, needed, mend);
  },
};

const timeZone: Rule = {
  check: "time zone",
  judge(server) {
    const needed = "UTC";
    const own = variableOf(server, "time_zone");
    if (own === undefined) return { level: "not shown", needed };
    const system = variableOf(server, "system_time_zone");
    const zone = own === "SYSTEM" ? (system ?? own) : own;
    const isUtc = ["UTC", "Etc/UTC", "+00:00"].includes(zone);
    const shown = own === "SYSTEM" ? `SYSTEM, which is ${zone}` : zone;
    return verdict(isUtc ? "ok" : "fail", shown, needed, "default_time_zone = '+00:00'");
  },
};

const bufferPool: Rule = {
  check: "buffer pool",
  judge(server) {
    const dataBytes = server.database?.bytes ?? 0;
    const least = Math.max(BUFFER_POOL_MIN_BYTES, dataBytes * HOT_SHARE);
    const needed = `${formatBytes(least)} (${formatBytes(dataBytes)} of data)`;
    const value = variableOf(server, "innodb_buffer_pool_size");
    if (value === undefined) return { level: "not shown", needed };
    const bytes = Number(value);
    const mend = `innodb_buffer_pool_size = ${Math.ceil(Math.max(least, GIB) / MIB)}M`;
    return verdict(bytes >= least ? "ok" : "warn", formatBytes(bytes), needed, mend);
  },
};

const redo: Rule = {
  check: "redo log",
  judge(server) {
    const needed = `${formatBytes(REDO_BYTES)}: a burst fits`;
    const bytes = redoBytes(server);
    if (bytes === undefined) return { level: "not shown", needed };
    const capacity = "innodb_redo_log_capacity";
    const name = server.variables.has(capacity) ? capacity : "innodb_log_file_size";
    const level = bytes >= REDO_BYTES ? "ok" : "warn";
    return verdict(level, formatBytes(bytes), needed, `${name} = 1G`);
  },
};

/** MySQL before 8.0.30 has several files of a size, MariaDB one. */
const redoBytes = (server: Server): number | undefined => {
  const capacity = variableOf(server, "innodb_redo_log_capacity");
  if (capacity !== undefined) return Number(capacity);
  const file = variableOf(server, "innodb_log_file_size");
  const files = variableOf(server, "innodb_log_files_in_group") ?? "1";
  return file === undefined ? undefined : Number(file) * Number(files);
};

const binlog: Rule = {
  check: "binlog",
  judge(server) {
    const isPrivate = server.reached === "private";
    const needed = isPrivate ? "none for a private one" : "ROW, MINIMAL, sync_binlog 1";
    const on = variableOf(server, "log_bin");
    if (on === undefined) return { level: "not shown", needed };
    if (on !== "ON" && on !== "1") {
      const mend = "log_bin = headcount-bin (without it no recovery to a point in time)";
      return verdict(isPrivate ? "ok" : "warn", "off", needed, mend);
    }
    const format = variableOf(server, "binlog_format") ?? "ROW";
    const image = variableOf(server, "binlog_row_image") ?? "FULL";
    const sync = variableOf(server, "sync_binlog") ?? "0";
    // READ COMMITTED refuses to write statements to a binlog.
    if (format === "STATEMENT") return verdict("fail", format, needed, "binlog_format = ROW");
    const wrong = [
      ...(format === "ROW" ? [] : ["binlog_format = ROW"]),
      ...(image === "MINIMAL" ? [] : ["binlog_row_image = MINIMAL (FULL where Vitess reads it)"]),
      ...(sync === "1" ? [] : ["sync_binlog = 1"]),
    ];
    const value = `${format}, ${image}, sync_binlog ${sync}`;
    return verdict(wrong.length === 0 ? "ok" : "warn", value, needed, wrong.join("\n"));
  },
};

const connections: Rule = {
  check: "connections",
  judge(server) {
    const needed = `${CONNECTIONS}, and some of them free`;
    const most = Number(variableOf(server, "max_connections") ?? Number.NaN);
    if (Number.isNaN(most)) return { level: "not shown", needed };
    const used = Number(server.status.get("Max_used_connections") ?? 0);
    const value = `${most}, at most ${used} used at once`;
    const mend = `max_connections = ${Math.max(2 * CONNECTIONS, 2 * used)}`;
    if (most < CONNECTIONS_MIN) return verdict("fail", value, needed, mend);
    const enough = most >= CONNECTIONS && used < most * CONNECTIONS_BUSY;
    return verdict(enough ? "ok" : "warn", value, needed, mend);
  },
};

const processFiles: Rule = {
  check: "open files here",
  judge({ fileLimit }) {
    const value = Number.isFinite(fileLimit) ? `${fileLimit}` : "no limit";
    const needed = `${PROCESS_FILES}: workerd needs one a socket`;
    const level = fileLimit >= PROCESS_FILES ? "ok" : "warn";
    return verdict(level, value, needed, "ulimit -n 65536, before npm start");
  },
};

export const SERVER_RULES: readonly Rule[] = [
  version,
  timeZone,
  bufferPool,
  redo,
  binlog,
  connections,
  processFiles,
];
