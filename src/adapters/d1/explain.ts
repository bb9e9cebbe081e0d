import { DatabaseError } from "../../ports/database.ts";
import { driverCause } from "../sql/driver-cause.ts";

/**
 * The kind is told and SQLite's code, its words are not: they may repeat the statement, or a value.
 * @returns what SQLite refuses is refused again, all else may pass
 */
export const explainD1 = (thrown: unknown): DatabaseError => {
  const cause = driverCause(thrown);
  const text = cause instanceof Error ? cause.message : `${cause}`;
  const codes = [KIND, SQLITE_CODE].flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
  const message = codes.length > 0 ? codes.join(" ") : `${nameOf(cause)}: no answer`;
  return new DatabaseError(message, { transient: !text.includes("SQLITE_CONSTRAINT") });
};

/** Of D1: `D1_ERROR`, `D1_EXEC_ERROR`, `D1_TYPE_ERROR`. */
const KIND = /^D1_[A-Z]{1,12}(?:_ERROR)?(?=:)/;
const SQLITE_CODE = /\bSQLITE_[A-Z]{1,20}(?:_[A-Z]{1,20})?\b/;

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : typeof cause);
