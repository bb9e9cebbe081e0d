/** What PlanetScale's errors mean: they come as text, with MySQL's number in it. */
import { DatabaseError as DriverError } from "@planetscale/database";
import { DatabaseError } from "../../ports/database.ts";
import { driverCause } from "../sql/driver-cause.ts";

/** https://mariadb.com/kb/en/mariadb-error-codes/ */
const TRANSIENT_ERRNOS: ReadonlySet<number> = new Set([
  1040, // too many connections
  1053, // server shutdown in progress
  1205, // lock wait timeout
  1213, // deadlock
  1317, // query interrupted
  2002, // cannot connect
  2006, // server has gone away
  2013, // lost connection during query
]);

/** Vitess' own, which have no number. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  "UNAVAILABLE",
  "ABORTED",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
]);

const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429]);

/**
 * The number and the kind are told, the server's words are not: they repeat values.
 * @returns transient for locks, timeouts, and when nobody or something in between answered
 */
export const explainMySql = (thrown: unknown): DatabaseError => {
  const cause = driverCause(thrown);
  // No answer: a connection refused or cut, or the statement's timeout.
  if (!(cause instanceof DriverError)) {
    return new DatabaseError(`${nameOf(cause)}: no answer`, { transient: true });
  }
  const errno = mysqlErrno(cause);
  if (errno !== undefined) {
    return new DatabaseError(`MySQL error ${errno}`, { transient: TRANSIENT_ERRNOS.has(errno) });
  }
  const { code } = cause.body;
  const transient =
    cause.status >= 500 || TRANSIENT_STATUSES.has(cause.status) || TRANSIENT_CODES.has(code);
  return new DatabaseError(`${code} (HTTP ${cause.status})`, { transient });
};

/** @returns undefined when the error is not MySQL's own */
const mysqlErrno = ({ message }: DriverError): number | undefined => {
  const [, errno] = /\(errno (\d+)\)/.exec(message) ?? [];
  return errno === undefined ? undefined : Number(errno);
};

/** Access denied for the database, the command, or want of a privilege. */
const DENIED_ERRNOS: ReadonlySet<number> = new Set([1044, 1142, 1227]);

/** @returns whether tables may not be changed by statements here, as on a PlanetScale branch with safe migrations */
export const isDdlRefusal = (thrown: unknown): boolean => {
  const cause = driverCause(thrown);
  if (!(cause instanceof DriverError)) return false;
  return /direct DDL/i.test(cause.message) || DENIED_ERRNOS.has(mysqlErrno(cause) ?? 0);
};

/** Duplicate column, duplicate name of an index. */
const ALREADY_THERE_ERRNOS: ReadonlySet<number> = new Set([1060, 1061]);

/** @returns whether a statement would have added what the table has */
export const isAlreadyThere = (thrown: unknown): boolean => {
  const cause = driverCause(thrown);
  return cause instanceof DriverError && ALREADY_THERE_ERRNOS.has(mysqlErrno(cause) ?? 0);
};

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : typeof cause);
