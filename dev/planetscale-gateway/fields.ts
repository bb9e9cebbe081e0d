/** Columns as the wire of MySQL describes them, in the words of PlanetScale (Vitess' `query.proto`). */
import type { FieldPacket } from "mysql2";

/** proto3-JSON: what is zero or empty is left out, and so is the type NULL, which is number zero. */
export interface WireField {
  readonly name: string;
  readonly type?: string;
  readonly table?: string;
  readonly orgTable?: string;
  readonly database?: string;
  readonly orgName?: string;
  readonly columnLength?: number;
  readonly charset?: number;
  readonly flags?: number;
  readonly decimals?: number;
}

const UNSIGNED = 32;
const BINARY = 128;
const ENUM = 256;
const SET = 2048;

const NULL_TYPE = 6;

const INTEGERS: Readonly<Record<number, string>> = {
  1: "INT8",
  2: "INT16",
  3: "INT32",
  8: "INT64",
  9: "INT24",
};

/** With the name for bytes second. */
const TEXTS: Readonly<Record<number, readonly [string, string]>> = {
  15: ["VARCHAR", "VARBINARY"],
  249: ["TEXT", "BLOB"],
  250: ["TEXT", "BLOB"],
  251: ["TEXT", "BLOB"],
  252: ["TEXT", "BLOB"],
  253: ["VARCHAR", "VARBINARY"],
  254: ["CHAR", "BINARY"],
};

const OTHERS: Readonly<Record<number, string>> = {
  0: "DECIMAL",
  4: "FLOAT32",
  5: "FLOAT64",
  7: "TIMESTAMP",
  10: "DATE",
  11: "TIME",
  12: "DATETIME",
  13: "YEAR",
  14: "DATE",
  16: "BIT",
  17: "TIMESTAMP",
  18: "DATETIME",
  19: "TIME",
  245: "JSON",
  246: "DECIMAL",
  247: "ENUM",
  248: "SET",
  255: "GEOMETRY",
};

/** The charset of bytes: a text with a `_bin` collation has the flag BINARY too. */
const BYTES = 63;

/** @returns undefined for NULL. @throws Error for a type that PlanetScale has no name for */
const typeName = (type: number, flags: number, charset: number): string | undefined => {
  if (type === NULL_TYPE) return undefined;
  const integer = INTEGERS[type];
  // YEAR is unsigned too, and has one name.
  if (integer !== undefined) return flags & UNSIGNED ? `U${integer}` : integer;
  if (flags & ENUM) return "ENUM";
  if (flags & SET) return "SET";
  const isBytes = (flags & BINARY) !== 0 && charset === BYTES;
  const name = TEXTS[type]?.[isBytes ? 1 : 0] ?? OTHERS[type];
  if (name === undefined) throw new Error(`MySQL's type ${type} has no name at PlanetScale`);
  return name;
};

export const toWireField = (field: FieldPacket): WireField => {
  const { name, table, orgTable, schema, orgName, columnLength, characterSet, decimals } = field;
  const flags = typeof field.flags === "number" ? field.flags : 0;
  const type = typeName(field.columnType ?? NULL_TYPE, flags, characterSet ?? BYTES);
  return {
    name,
    ...(type !== undefined && { type }),
    ...(table !== "" && { table }),
    ...(orgTable !== "" && { orgTable }),
    ...(schema !== undefined && schema !== "" && { database: schema }),
    ...(orgName !== "" && { orgName }),
    ...(columnLength !== undefined && columnLength !== 0 && { columnLength }),
    ...(characterSet !== undefined && characterSet !== 0 && { charset: characterSet }),
    ...(flags !== 0 && { flags }),
    ...(decimals !== 0 && { decimals }),
  };
};
