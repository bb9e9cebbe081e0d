/** Flags of the broken wire, and a MariaDB of its own for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { startMariaDb } from "../../mysql/mariadb.ts";
import { proveFlush } from "../flush.ts";
import { print } from "../print.ts";
import { flagsOf, type Proof, positive } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const flushes = positive(values.flushes);
  const seed = positive(values.seed);
  const directory = mkdtempSync(join(tmpdir(), "headcount-flush-"));
  console.log(`seed ${seed}`);
  const server = await startMariaDb({ directory });
  try {
    const mysql = { socketPath: server.socketPath, user: server.user, database: "proof" };
    const { database, ...root } = mysql;
    const connection = await createConnection(root);
    await connection.query(`CREATE DATABASE ${database}`);
    await connection.end();
    const { mishaps, ...numbers } = await proveFlush({ mysql, flushes, seed });
    print([...mishaps, ...Object.entries(numbers)]);
    return numbers.differingCells === 0 && numbers.differingTotals === 0;
  } finally {
    await server.kill();
    rmSync(directory, { recursive: true });
  }
};
