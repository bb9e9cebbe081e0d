/** A MariaDB of our own: a data directory and a process that ends with ours, reached by a socket. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type ServerProcess, serverProcess } from "../server-process.ts";
import { socketPathIn } from "../socket-path.ts";
import { findMariaDb, HOW_TO_INSTALL } from "./binaries.ts";

export interface MariaDb extends ServerProcess {
  readonly socketPath: string;
  readonly user: "root";
}

export interface MariaDbOptions {
  /** Made when missing, and nobody else's to read. */
  readonly directory: string;
  /** Options of `mariadbd`; `--defaults-file` has to be the first. */
  readonly settings?: readonly string[];
  /** Reached there as well, on 127.0.0.1; without it by the socket alone. */
  readonly port?: number;
}

/** Recovery of a large redo log after a kill takes a while. */
const START_DEADLINE_MS = 120_000;

const LOOPBACK = "--bind-address=127.0.0.1";

const READY = "ready for connections";

/** @throws Error with what to install, or with what MariaDB printed when it did not start */
export const startMariaDb = async (options: MariaDbOptions): Promise<MariaDb> => {
  const binaries = findMariaDb();
  if (binaries === undefined) throw new Error(`MariaDB was not found. ${HOW_TO_INSTALL}`);
  const { directory, settings = ["--no-defaults"], port } = options;
  const data = join(directory, "data");
  const socketPath = socketPathOf(directory);
  for (const path of [directory, dirname(socketPath)]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  if (!existsSync(data)) await install(binaries.installDb, data);

  const network = port === undefined ? ["--skip-networking"] : [`--port=${port}`, LOOPBACK];
  const child = spawn(
    binaries.server,
    [...settings, `--datadir=${data}`, `--socket=${socketPath}`, ...network, ...asUser()],
    // A process group of its own: Ctrl-C is for the service, which ends its database last.
    { stdio: ["ignore", "ignore", "pipe"], detached: true, env: aloneIn(directory) },
  );
  const start = { name: "MariaDB", ready: READY, deadlineMs: START_DEADLINE_MS };
  return { socketPath, user: "root", ...(await serverProcess(child, start)) };
};

/** The same for one directory always, so that other commands find a server that runs. */
export const socketPathOf = (directory: string): string => socketPathIn(directory, "mariadb.sock");

/** Half a data directory would be taken for a whole one: it is made aside and then given its name. */
const install = async (installDb: string, data: string): Promise<void> => {
  const aside = `${data}.new`;
  rmSync(aside, { recursive: true, force: true });
  const args = [
    "--no-defaults",
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    `--datadir=${aside}`,
    ...asUser(),
  ];
  await promisify(execFile)(installDb, args, { env: aloneIn(dirname(data)) });
  renameSync(aside, data);
};

/** A server that starts deletes temporary tables of others that share its folder for them. */
const aloneIn = (directory: string) => ({ ...process.env, TMPDIR: directory });

/** As root it starts only when told so. */
const asUser = (): readonly string[] => (process.getuid?.() === 0 ? ["--user=root"] : []);
