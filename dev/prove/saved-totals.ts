/** What the database has, read past the service. */
import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { MySqlAddress } from "../mysql/address.ts";

/** Views by content: the sum of all shards. */
export const savedTotals = async (mysql: MySqlAddress): Promise<ReadonlyMap<string, number>> => {
  const connection = await createConnection({ ...mysql });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT content_id, CAST(SUM(published) AS SIGNED) AS views FROM view_totals GROUP BY content_id",
    );
    return new Map(rows.map(({ content_id: id, views }) => [String(id), Number(views)]));
  } finally {
    await connection.end();
  }
};
