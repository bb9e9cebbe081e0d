/** How the doctor speaks to a server: by mysql2, or by HTTP as PlanetScale does. Every call has a timeout. */
import { Client, DatabaseError } from "@planetscale/database";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { MySqlAddress } from "../mysql/address.ts";

/** @throws RefusedQuery when the server answers that it will not, NoAnswer when it does not answer */
export type Query = (sql: string) => Promise<readonly Record<string, string | number | null>[]>;

export interface QueryConnection {
  readonly query: Query;
  close(): Promise<void>;
}

/** The server understood and refused: something it does not have, or does not show to this user. */
export class RefusedQuery extends Error {}

/** Nothing there, no right to come in, a connection that was lost, or a timeout. */
export class NoAnswer extends Error {}

const noAnswer = (cause: unknown): NoAnswer => {
  const said = cause instanceof Error ? cause.message : `${cause}`;
  // Several addresses that all refused have a code and no message.
  const code = cause instanceof Error && "code" in cause ? `${cause.code}` : "no reason given";
  return new NoAnswer(said === "" ? code : said, { cause });
};

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;

/** Without a database, so that one that is missing is a finding and no failure. @throws NoAnswer */
export const connectMySql = async (
  address: Omit<MySqlAddress, "database">,
): Promise<QueryConnection> => {
  const connection = await open(address);
  // Lost between two queries: the next one fails, which is when somebody can be told.
  connection.on("error", () => undefined);
  return {
    async query(sql) {
      try {
        const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: QUERY_TIMEOUT_MS });
        return rows;
      } catch (cause) {
        throw isServersAnswer(cause) ? new RefusedQuery(cause.message, { cause }) : noAnswer(cause);
      }
    },
    async close() {
      // Gone is gone, whoever went first.
      await connection.end().catch(() => undefined);
    },
  };
};

const open = async (address: Omit<MySqlAddress, "database">) => {
  try {
    return await createConnection({
      ...address,
      connectTimeout: CONNECT_TIMEOUT_MS,
      // Numbers beyond 2^53 and dates arrive as the server wrote them.
      typeCast: (field) => field.string(),
    });
  } catch (cause) {
    throw noAnswer(cause);
  }
};

/** What comes from the server has its SQL state; a lost connection or a timeout has none. */
const isServersAnswer = (cause: unknown): cause is Error =>
  cause instanceof Error && "sqlState" in cause && typeof cause.sqlState === "string";

export const connectHttp = (url: string): QueryConnection => {
  const client = new Client({
    url,
    fetch: (input, init) =>
      fetch(input, { ...init, signal: AbortSignal.timeout(QUERY_TIMEOUT_MS) }),
  });
  return {
    async query(sql) {
      try {
        return (await client.execute<Record<string, string | number | null>>(sql)).rows;
      } catch (cause) {
        throw isSqlError(cause) ? new RefusedQuery(cause.message, { cause }) : noAnswer(cause);
      }
    },
    close: async () => undefined,
  };
};

/** The client gives an SQL error this status; that of a wrong password or a gateway in trouble is another. */
const isSqlError = (cause: unknown): cause is DatabaseError =>
  cause instanceof DatabaseError && cause.status === 400;
