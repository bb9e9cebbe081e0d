/** Which server is meant, and the way to it. */
import { existsSync } from "node:fs";
import { type MySqlAddress, parseMySqlUrl } from "../mysql/address.ts";
import { privateAddress } from "../mysql/private.ts";
import { Failure, UsageError } from "../run/flags.ts";
import { connectHttp, connectMySql, type QueryConnection } from "./query.ts";
import type { Server } from "./server.ts";

export interface Target {
  /** Without a password: it is printed. */
  readonly address: string;
  readonly reached: Server["reached"];
  /** `undefined`: the one that the connection is for. */
  readonly database: string | undefined;
  /** What to say when it does not answer. */
  readonly unreachable: string;
  /** @throws NoAnswer */
  readonly connect: () => Promise<QueryConnection>;
}

/** @throws UsageError for a URL that is none; Failure when nothing runs under `state` */
export const targetOf = ({ url, state }: { url: string | undefined; state: string }): Target => {
  if (url === undefined) return privateTarget(state);
  const address = parseMySqlUrl(url);
  if (address !== undefined) return mySqlTarget(address);
  if (URL.canParse(url)) {
    const { protocol, username, password, host } = new URL(url);
    if (/^https?:$/.test(protocol) && username !== "" && password !== "") {
      const shown = `${protocol}//${host}`;
      return {
        address: shown,
        reached: "http",
        database: undefined,
        unreachable: unreachableAt(shown),
        connect: async () => connectHttp(url),
      };
    }
  }
  throw new UsageError(
    "The URL of a server is mysql://user:password@host:port/database or https://user:password@host",
  );
};

const mySqlTarget = ({ database, ...address }: MySqlAddress): Target => {
  const shown = `mysql://${address.host}:${address.port}/${database}`;
  return {
    address: shown,
    reached: "mysql",
    database,
    unreachable: unreachableAt(shown),
    connect: () => connectMySql(address),
  };
};

const unreachableAt = (shown: string): string => `No answer from ${shown}`;

const privateTarget = (state: string): Target => {
  const { socketPath, user, database } = privateAddress(state);
  // A server that was killed leaves its socket behind.
  const unreachable = `No MySQL server of npm start runs in ${state}. Start it with --database mysql, or name a server: --url or DATABASE_URL.`;
  if (!existsSync(socketPath)) throw new Failure(unreachable);
  return {
    address: socketPath,
    reached: "private",
    database,
    unreachable,
    connect: () => connectMySql({ socketPath, user }),
  };
};
