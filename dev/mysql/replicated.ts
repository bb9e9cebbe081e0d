/** A MariaDB and others that follow it, as they do in production: by its binlog, with GTIDs, over TCP. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { MySqlAddress } from "./address.ts";
import { type MariaDb, startMariaDb } from "./mariadb.ts";

export interface ReplicatedServer {
  /** Of the one who may do everything. */
  readonly address: MySqlAddress;
  /** As a power cut does. */
  kill(): Promise<void>;
  /** Where it was before. */
  restart(): Promise<void>;
}

export interface Follower extends ReplicatedServer {
  /** Of one who may only read; nobody else is needed there. */
  readonly readAddress: MySqlAddress;
  /** What comes from the writer is kept and not done. */
  holdBack(): Promise<void>;
  carryOn(): Promise<void>;
  /** Resolves when it has what the writer has now. @throws Error after the deadline */
  catchUp(): Promise<void>;
}

export interface Replicated {
  readonly writer: ReplicatedServer;
  readonly followers: readonly Follower[];
  stop(): Promise<void>;
}

const DATABASE = "headcount";
const CATCH_UP_SECONDS = 20;

/** Made once by the writer, and then by all who follow it. */
const FOLLOWS = "follower";
const READS = "reader";

/**
 * @param directory where their data go, each into a directory of its own
 * @param settings of each of them; a binlog and an id of the server are added
 */
export const startReplicated = async (
  directory: string,
  followers: number,
  settings: readonly string[],
): Promise<Replicated> => {
  const ids = Array.from({ length: followers + 1 }, (_, index) => index + 1);
  const started = await Promise.allSettled(
    ids.map((id) => startServer(join(directory, `${id}`), [...settings, ...replicating(id)])),
  );
  const all = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async () => void (await Promise.all(all.map(({ kill }) => kill())));
  try {
    const [writer, ...rest] = all;
    const failed = started.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    if (writer === undefined) throw new Error("there is no writer");
    const password = randomBytes(12).toString("hex");
    for (const statement of [
      `CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `CREATE USER ${FOLLOWS}@'127.0.0.1' IDENTIFIED BY '${password}'`,
      `GRANT REPLICATION SLAVE ON *.* TO ${FOLLOWS}@'127.0.0.1'`,
      `CREATE USER ${READS}@localhost`,
      `GRANT SELECT ON ${DATABASE}.* TO ${READS}@localhost`,
    ]) {
      await ask(writer.root, statement);
    }
    return {
      writer,
      followers: await Promise.all(rest.map((server) => follow(server, writer, password))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Rows, as in `headcount.cnf`; what it takes over goes to its own binlog nowhere. */
const replicating = (id: number): readonly string[] => [
  `--server-id=${id}`,
  "--log-bin=headcount-bin",
  "--binlog-format=ROW",
  "--binlog-row-image=MINIMAL",
  "--gtid-strict-mode=ON",
  "--slave-net-timeout=4",
];

interface Server extends ReplicatedServer {
  readonly port: number;
  readonly root: Omit<MySqlAddress, "database">;
}

const startServer = async (directory: string, settings: readonly string[]): Promise<Server> => {
  const port = await freePort();
  const start = (): Promise<MariaDb> => startMariaDb({ directory, settings, port });
  let server = await start();
  const root = { socketPath: server.socketPath, user: server.user };
  return {
    port,
    root,
    address: { ...root, database: DATABASE },
    kill: () => server.kill(),
    restart: async () => {
      server = await start();
    },
  };
};

const follow = async (server: Server, writer: Server, password: string): Promise<Follower> => {
  const { root, address, kill, restart } = server;
  const follower: Follower = {
    address,
    readAddress: { ...address, user: READS },
    kill,
    restart,
    holdBack: () => ask(root, "STOP SLAVE SQL_THREAD").then(nothing),
    carryOn: () => ask(root, "START SLAVE SQL_THREAD").then(nothing),
    catchUp: async () => {
      const [written] = await ask(writer.root, "SELECT @@gtid_binlog_pos AS at");
      const wait = `SELECT MASTER_GTID_WAIT('${written?.at}', ${CATCH_UP_SECONDS}) AS result`;
      const [waited] = await ask(root, wait);
      if (waited?.result !== 0) throw new Error(`it had not all within ${CATCH_UP_SECONDS} s`);
    },
  };
  await ask(
    root,
    `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${writer.port},
      MASTER_USER = '${FOLLOWS}', MASTER_PASSWORD = '${password}',
      MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
  );
  await ask(root, "START SLAVE");
  await follower.catchUp();
  return follower;
};

const nothing = (): void => undefined;

const ask = async (
  address: Omit<MySqlAddress, "database">,
  sql: string,
): Promise<readonly RowDataPacket[]> => {
  const connection = await createConnection(address);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
};

/** Free a moment ago: whoever takes it meanwhile makes the server fail to start, and say so. */
const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (typeof address !== "object" || address === null) throw new Error("there is no free port");
  return address.port;
};
