import type { ContentId } from "../../core/ids.ts";
import type { Cell, CellRow, TotalRow } from "../../core/views/ledger.ts";
import type { SqlRow } from "./object-storage.ts";

export const readCell = ({ counted, version, final }: SqlRow): Cell => ({
  counted: Number(counted),
  version: Number(version),
  final: final === 1,
});

export const readCellRow = (row: SqlRow): CellRow => ({
  content: row.content as ContentId,
  hour: Number(row.hour),
  ...readCell(row),
});

export const readTotal = ({ content, closed_through, ...row }: SqlRow): TotalRow => ({
  content: content as ContentId,
  start: Number(row.start),
  restated: Number(row.restated),
  views: Number(row.views),
  published: Number(row.published),
  closed: Number(row.closed),
  closedThrough: Number(closed_through),
  version: Number(row.version),
});
