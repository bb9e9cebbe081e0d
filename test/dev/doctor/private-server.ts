import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createConnection } from "mysql2/promise";
import { type MariaDb, startMariaDb } from "../../../dev/mysql/mariadb.ts";

export interface PrivateServer {
  /** What `--state` names. */
  readonly state: string;
  readonly server: MariaDb;
  /** Statements, one after the other. */
  run(...statements: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** A MariaDB where `npm start` has it. */
export const startPrivate = async (settings?: readonly string[]): Promise<PrivateServer> => {
  const state = mkdtempSync(join(tmpdir(), "headcount-doctor-"));
  const directory = join(state, "mysql");
  const server = await startMariaDb({ directory, ...(settings && { settings }) });
  return {
    state,
    server,
    async run(...statements) {
      const { socketPath, user } = server;
      const connection = await createConnection({ socketPath, user });
      try {
        for (const statement of statements) await connection.query(statement);
      } finally {
        await connection.end();
      }
    },
    async remove() {
      await server.stop();
      rmSync(state, { recursive: true });
    },
  };
};

const DOCTOR = resolve(import.meta.dirname, "../../../dev/doctor.ts");

export interface Doctor {
  readonly process: ChildProcess;
  /** Everything printed. */
  output(): string;
  /** Code, or `null` after a signal. */
  readonly exited: Promise<number | null>;
}

/** `npm run doctor` as a process. @param url for DATABASE_URL, which is never this environment's */
export const startDoctor = (args: readonly string[], url = ""): Doctor => {
  const env = { ...process.env, DATABASE_URL: url };
  const child = spawn(process.execPath, [DOCTOR, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
  }
  const exited = once(child, "close").then(([code]): number | null => code);
  return { process: child, output: () => pieces.join(""), exited };
};
