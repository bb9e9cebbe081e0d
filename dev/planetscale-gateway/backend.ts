/** The MariaDB or MySQL behind the gateway: a pool, and one way to send it a statement. */
import { createConnection, createPool, type FieldPacket, type PoolConnection } from "mysql2";
import type { MySqlAddress } from "../mysql/address.ts";
import type { Limits } from "./limits.ts";
import {
  type RawRow,
  rowsResult,
  toWireRow,
  type WireResult,
  type WireRow,
  writeResult,
} from "./result.ts";
import { StatementError } from "./sql-errors.ts";

export type { PoolConnection };

export interface Outcome {
  readonly result: WireResult;
  readonly rows: number;
  /** Whether a transaction is open now; undefined where the server does not say so: with rows. */
  readonly inTransaction: boolean | undefined;
}

export interface Backend {
  /** Comes with a clean session. @throws what mysql2 throws, within the limit of time */
  connection(): Promise<PoolConnection>;
  /** Ends a statement that runs, with its transaction and its connection. */
  kill(connection: PoolConnection): void;
  close(): Promise<void>;
}

/**
 * As MySQL 8 and Vitess have them: an UPDATE counts the rows that it changed, not those that it found (mysql2 asks for
 * those), names of functions are no reserved words, and no file of ours is ever sent.
 */
const FLAGS = ["-FOUND_ROWS", "-IGNORE_SPACE", "-LOCAL_FILES", "-ODBC"];

const SQL_MODE =
  "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

const SET_UP = `SET autocommit = 1, time_zone = '+00:00', sql_mode = '${SQL_MODE}'`;

export const createBackend = (address: MySqlAddress, limits: Limits): Backend => {
  const options = {
    ...address,
    charset: "utf8mb4",
    connectTimeout: limits.connectMs,
    flags: FLAGS,
  };
  const pool = createPool({
    ...options,
    connectionLimit: limits.connections,
    enableKeepAlive: true,
  });
  pool.on("connection", (connection) => {
    // Whoever uses it hears of its end; an idle one leaves the pool by itself, and nobody else listens.
    connection.on("error", () => undefined);
    connection.query(SET_UP, (error) => {
      if (error !== null) connection.destroy();
    });
  });
  return {
    connection: () =>
      new Promise((resolve, reject) => {
        pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
      }),
    kill: (connection) => {
      const killer = createConnection(options);
      killer.on("error", () => killer.destroy());
      killer.query(`KILL ${connection.threadId}`, () => killer.destroy());
      connection.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        // A server that hangs never says goodbye.
        const timer = setTimeout(resolve, limits.connectMs);
        pool.end(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
};

/** As mysql2 hands it over: a text where a number would not be exact. */
interface Written {
  readonly affectedRows: number | string;
  readonly insertId: number | string;
  readonly serverStatus: number;
}

const IN_TRANSACTION = 1;

/**
 * @throws what mysql2 throws; StatementError for too many rows, which are all read and not kept; the reason of `stop`,
 * after which the connection is to be killed
 */
export const run = (
  connection: PoolConnection,
  sql: string,
  maxRows: number,
  stop: AbortSignal,
): Promise<Outcome> => {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const rows: WireRow[] = [];
  let fields: readonly FieldPacket[] | undefined;
  let written: Written | undefined;
  let count = 0;
  const stopped = (): void => reject(stop.reason);
  if (stop.aborted) stopped();
  stop.addEventListener("abort", stopped, { once: true });
  // The end of a connection is told to nobody else: a statement without a callback never hears of it.
  connection.on("error", reject);

  const query = connection.query({
    sql,
    rowsAsArray: true,
    typeCast: (field) => field.buffer(),
  });
  query.on("fields", (columns: readonly FieldPacket[] | undefined) => {
    fields = columns;
  });
  query.on("result", (result: RawRow | Written) => {
    if (!isRow(result)) {
      written = result;
    } else {
      count += 1;
      if (count <= maxRows) rows.push(toWireRow(result));
    }
  });
  query.on("error", reject);
  query.on("end", () => {
    try {
      if (count > maxRows) throw tooManyRows(maxRows);
      if (fields !== undefined) {
        resolve({ result: rowsResult(fields, rows), rows: count, inTransaction: undefined });
      } else if (written !== undefined) {
        resolve(ofWritten(written));
      } else {
        reject(new Error("the answer ended before it began"));
      }
    } catch (error) {
      reject(error);
    }
  });
  return promise.finally(() => {
    stop.removeEventListener("abort", stopped);
    connection.off("error", reject);
  });
};

const isRow = (result: RawRow | Written): result is RawRow => Array.isArray(result);

const ofWritten = ({ affectedRows, insertId, serverStatus }: Written): Outcome => ({
  // The wire has no sign for it, and mysql2 reads one.
  result: writeResult(Number(affectedRows), `${BigInt.asUintN(64, BigInt(insertId))}`),
  rows: Number(affectedRows),
  inTransaction: (serverStatus & IN_TRANSACTION) !== 0,
});

const tooManyRows = (maxRows: number): StatementError =>
  new StatementError("RESOURCE_EXHAUSTED", `Row count exceeded ${maxRows}`, {
    errno: 10_001,
    sqlState: "HY000",
  });
