/** Rules about one variable each: what stands in `dev/mysql/headcount.cnf`, and why, stands there. */
import { formatBytes, type Level, MIB, type Rule, verdict } from "./rule.ts";
import { variableOf } from "./server.ts";

interface Setting {
  readonly check: string;
  /** The first one that the server shows counts. */
  readonly variables: readonly string[];
  readonly needed: string;
  readonly judge: (value: string) => Level;
  readonly show?: (value: string) => string;
  readonly mend: string;
}

const STRICT = /\b(STRICT_TRANS_TABLES|STRICT_ALL_TABLES|TRADITIONAL)\b/;

/** MariaDB's default; a batch of contents with long titles stays below a quarter of it. */
const PACKET_BYTES = 16 * MIB;
const PACKET_MIN_BYTES = 4 * MIB;

/** Above what one disk that spins can do, which is the old default of 200. */
const IO_CAPACITY = 1_000;

/** Partitions are a file each, and so is a connection. */
const SERVER_FILES = 8_192;
const SERVER_FILES_MIN = 1_024;

const orWarn = (holds: boolean): Level => (holds ? "ok" : "warn");

/** @returns `ok` from `enough` on, `fail` below `least`, `warn` between */
const atLeast = (enough: number, least = 0) => {
  return (value: string): Level => {
    const number = Number(value);
    if (number >= enough) return "ok";
    return number < least ? "fail" : "warn";
  };
};

const SETTINGS: readonly Setting[] = [
  {
    check: "sql mode",
    variables: ["sql_mode"],
    needed: "strict",
    judge: (value) => (STRICT.test(value) ? "ok" : "fail"),
    show: (value) => STRICT.exec(value)?.[0] ?? (value === "" ? "empty" : value),
    mend: "sql_mode = STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
  },
  {
    check: "character set, server",
    variables: ["character_set_server"],
    needed: "utf8mb4",
    judge: (value) => orWarn(value === "utf8mb4"),
    mend: "character_set_server = utf8mb4",
  },
  {
    check: "isolation",
    variables: ["transaction_isolation", "tx_isolation"],
    needed: "READ-COMMITTED: no gap locks between upserts",
    judge: (value) => orWarn(value === "READ-COMMITTED"),
    mend: "transaction_isolation = READ-COMMITTED",
  },
  {
    check: "flush at commit",
    variables: ["innodb_flush_log_at_trx_commit"],
    needed: "1: what is answered is on disk",
    judge: (value) => (value === "1" ? "ok" : value === "2" ? "warn" : "fail"),
    mend: "innodb_flush_log_at_trx_commit = 1",
  },
  {
    check: "flush method",
    variables: ["innodb_flush_method"],
    needed: "O_DIRECT: one cache, not two",
    judge: (value) => orWarn(value.startsWith("O_DIRECT")),
    mend: "innodb_flush_method = O_DIRECT",
  },
  {
    check: "io capacity",
    variables: ["innodb_io_capacity"],
    needed: `${IO_CAPACITY} on an SSD`,
    judge: atLeast(IO_CAPACITY),
    mend: "innodb_io_capacity = 2000",
  },
  {
    check: "packet",
    variables: ["max_allowed_packet"],
    needed: formatBytes(PACKET_BYTES),
    judge: atLeast(PACKET_BYTES, PACKET_MIN_BYTES),
    show: (value) => formatBytes(Number(value)),
    mend: "max_allowed_packet = 64M",
  },
  {
    check: "server's open files",
    variables: ["open_files_limit"],
    needed: `${SERVER_FILES}`,
    judge: atLeast(SERVER_FILES, SERVER_FILES_MIN),
    mend: "open_files_limit = 16384, and for its systemd unit LimitNOFILE=16384",
  },
];

const ruleOf = ({ check, variables, needed, judge, show, mend }: Setting): Rule => ({
  check,
  judge(server) {
    const value = variableOf(server, ...variables);
    if (value === undefined) return { level: "not shown", needed };
    return verdict(judge(value), show?.(value) ?? value, needed, mend);
  },
});

export const SETTING_RULES: readonly Rule[] = SETTINGS.map(ruleOf);
