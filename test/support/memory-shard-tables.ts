import type { ShardTables } from "../../src/ports/database.ts";
import type { MemoryCountTables } from "./memory-count-tables.ts";

/** What a Tally reads back of the rows in memory, which are all one shard's. */
export const shardTablesOf = ({
  cells,
  parts,
}: Pick<MemoryCountTables, "cells" | "parts">): ShardTables => ({
  totals: async (_, after, limit) =>
    pageOf(parts.values(), ({ content }) => content, after?.content, limit),
  cells: async (_, after, limit, from = 0) => {
    const rows = [...cells.values()].filter(({ hour }) => hour >= from);
    return pageOf(rows, cellKey, after && cellKey(after), limit);
  },
});

const cellKey = (cell: { readonly content: string; readonly hour: number }): string =>
  `${cell.content} ${String(cell.hour).padStart(16, "0")}`;

const pageOf = <Row>(
  rows: Iterable<Row>,
  keyOf: (row: Row) => string,
  after: string | undefined,
  limit: number,
): readonly Row[] =>
  [...rows]
    .filter((row) => after === undefined || keyOf(row) > after)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .slice(0, limit);
