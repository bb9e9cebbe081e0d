/** What MySQL and Redis hold, as whoever has a dump of them sees it. */
import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { MySqlAddress } from "../../mysql/address.ts";
import type { SendCommand } from "../safety/stores.ts";
import type { Written } from "./written.ts";

/** Every column of every row of every table, bytes as they are. */
export const tablesOf = async (mysql: MySqlAddress): Promise<readonly Written[]> => {
  const connection = await createConnection({ ...mysql });
  try {
    const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES");
    const written: Written[] = [];
    for (const name of tables.flatMap((row) => Object.values(row).map(String))) {
      written.push({ place: "mysql", name, bytes: await rowsOf(connection, name) });
    }
    return written;
  } finally {
    await connection.end();
  }
};

type Connection = Awaited<ReturnType<typeof createConnection>>;

const rowsOf = async (connection: Connection, table: string): Promise<Uint8Array> => {
  const [rows] = await connection.query<RowDataPacket[]>({
    sql: `SELECT * FROM \`${table}\``,
    typeCast: (field) => field.buffer(),
  });
  const cells = rows.flatMap((row) => Object.values(row)).filter((cell) => Buffer.isBuffer(cell));
  return Buffer.concat(cells.flatMap((cell) => [cell, BETWEEN]));
};

const BETWEEN = Buffer.from("\n");

/** Every key with all that is in it. */
export const keysOf = async (send: SendCommand): Promise<readonly Written[]> => {
  const written: Written[] = [];
  for (const name of textsIn(await send("KEYS", "*"))) {
    const texts = [name, ...textsIn(await contentOf(send, name))];
    written.push({ place: "redis", name, bytes: Buffer.from(texts.join("\n")) });
  }
  return written;
};

/** Of a reply, whatever its shape. */
const textsIn = (reply: unknown): readonly string[] => {
  if (Array.isArray(reply)) return reply.flatMap(textsIn);
  if (typeof reply === "object" && reply !== null) return Object.entries(reply).flatMap(textsIn);
  return reply === null || reply === undefined ? [] : [`${reply}`];
};

const contentOf = async (send: SendCommand, key: string): Promise<unknown> => {
  const type = await send("TYPE", key);
  switch (type) {
    case "string":
      return send("GET", key);
    case "hash":
      return send("HGETALL", key);
    case "set":
      return send("SMEMBERS", key);
    case "zset":
      return send("ZRANGE", key, "0", "-1", "WITHSCORES");
    case "list":
      return send("LRANGE", key, "0", "-1");
    default:
      throw new Error(`the key ${key} is a ${type}, which nobody here knows how to read`);
  }
};
