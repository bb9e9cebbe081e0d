/** A table of names, behind a gateway, for tests of who sees what when. */
import { Client, type Connection, connect } from "@planetscale/database";
import { expect, vi } from "vitest";
import type { Gateway } from "../../dev/planetscale-gateway/gateway.ts";

export interface Items {
  readonly client: Client;
  /** Its BEGIN is done. */
  begun(): Promise<Connection>;
  /** Seen from outside of every transaction. */
  names(like: string): Promise<readonly unknown[]>;
  /** Resolves when the server runs `count` statements with `text` in them. */
  untilRunning(text: string, count: number): Promise<void>;
}

/** What `execute` takes to add a name. */
export const insert = (name: string): [string, string[]] => [
  "INSERT INTO items (name) VALUES (?)",
  [name],
];

export const createItems = async ({ url }: Gateway): Promise<Items> => {
  const client = new Client({ url });
  await client.execute(
    "CREATE TABLE items (name VARCHAR(50) PRIMARY KEY, n INT NOT NULL DEFAULT 0)",
  );
  return {
    client,
    begun: async () => {
      const connection = connect({ url });
      await connection.execute("BEGIN");
      return connection;
    },
    names: async (like) => {
      const query = "SELECT name FROM items WHERE name LIKE ? ORDER BY name";
      return (await client.execute(query, [like], { as: "array" })).rows.flat();
    },
    untilRunning: (text, count) =>
      vi.waitFor(
        async () => {
          const { rows } = await client.execute(
            "SELECT id FROM information_schema.processlist WHERE info LIKE ? AND id <> connection_id()",
            [`%${text}%`],
          );
          expect(rows).toHaveLength(count);
        },
        { timeout: 10_000 },
      ),
  };
};
