/** How MariaDB means to answer a query, and what is wrong with that. */
import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { MySqlAddress } from "../../dev/mysql/address.ts";

/** Of one table, as `EXPLAIN PARTITIONS` tells it. */
export interface QueryPlan {
  readonly table: string;
  readonly partitions: readonly string[];
  /** Of the index; undefined where every row is looked at. */
  readonly key: string | undefined;
  /** As estimated. */
  readonly rows: number;
  readonly extra: string;
}

export interface WantedPlan {
  readonly key: string;
  /** Exactly these; any when absent. */
  readonly partitions?: readonly string[];
  /** The index has all that is asked for: no row of the table is read. */
  readonly covering?: true;
  /** At most so many rows are looked at, as estimated. */
  readonly rows?: number;
}

export const readPlan = async (address: MySqlAddress, query: string): Promise<QueryPlan> => {
  const [plan, ...more] = await readPlans(address, query);
  if (plan === undefined || more.length > 0) throw new Error("not the plan of one table");
  return plan;
};

/** Of a query that joins tables or sums what it has summed; what it puts aside itself is in it, too. */
export const readPlans = async (
  address: MySqlAddress,
  query: string,
): Promise<readonly QueryPlan[]> => {
  const connection = await createConnection({ ...address });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(`EXPLAIN PARTITIONS ${query}`);
    return rows.map((row) => ({
      table: row.table,
      partitions: (row.partitions ?? "").split(",").filter((name: string) => name !== ""),
      key: row.key ?? undefined,
      rows: Number(row.rows),
      extra: row.Extra ?? "",
    }));
  } finally {
    await connection.end();
  }
};

/** Nothing is sorted nor copied in any plan that is wanted. @returns what is not as wanted, in words */
export const complaintsOf = (plan: QueryPlan, wanted: WantedPlan): readonly string[] => {
  const { key, extra, partitions, rows } = plan;
  const complaints: string[] = [];
  if (key !== wanted.key) complaints.push(`it uses ${key ?? "no index"}, not ${wanted.key}`);
  if (extra.includes("filesort")) complaints.push("it sorts");
  if (extra.includes("temporary")) complaints.push("it copies into a temporary table");
  if (wanted.covering && !/Using index(?! condition)/.test(extra)) {
    complaints.push("it reads rows of the table");
  }
  if (wanted.partitions !== undefined && partitions.join() !== wanted.partitions.join()) {
    complaints.push(`it looks at ${partitions.join()}, not at ${wanted.partitions.join()}`);
  }
  if (wanted.rows !== undefined && rows > wanted.rows) {
    complaints.push(`it looks at ${rows} rows, not at ${wanted.rows}`);
  }
  return complaints;
};
