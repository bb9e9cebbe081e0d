/** Results as PlanetScale answers them: bytes of the text protocol, joined and in base64, with their lengths. */
import type { FieldPacket } from "mysql2";
import { toWireField, type WireField } from "./fields.ts";

export interface WireRow {
  /** `-1` is NULL. */
  readonly lengths: readonly string[];
  /** Absent when it is empty. */
  readonly values?: string;
}

/** Of a statement that answers no rows both numbers may be absent, and are then 0. */
export interface WireResult {
  readonly fields?: readonly WireField[];
  readonly rows?: readonly WireRow[];
  readonly rowsAffected?: string;
  readonly insertId?: string;
}

/** A row as mysql2 hands it over: bytes, and null. */
export type RawRow = readonly (Buffer | null)[];

export const rowsResult = (
  fields: readonly FieldPacket[],
  rows: readonly WireRow[],
): WireResult => ({
  fields: fields.map(toWireField),
  ...(rows.length > 0 && { rows }),
});

export const writeResult = (affectedRows: number, insertId: string): WireResult => ({
  ...(affectedRows > 0 && { rowsAffected: `${affectedRows}` }),
  ...(insertId !== "0" && { insertId }),
});

export const toWireRow = (row: RawRow): WireRow => {
  const lengths: string[] = [];
  const present: Buffer[] = [];
  for (const value of row) {
    lengths.push(value === null ? "-1" : `${value.length}`);
    if (value !== null) present.push(value);
  }
  const [first] = present;
  const bytes = first !== undefined && present.length === 1 ? first : Buffer.concat(present);
  return bytes.length === 0 ? { lengths } : { lengths, values: bytes.toString("base64") };
};
