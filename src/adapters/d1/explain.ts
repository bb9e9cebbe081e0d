import { DatabaseError } from "../../ports/database.ts";
import { driverCause } from "../sql/driver-cause.ts";

/** What SQLite refuses it refuses again; all else may pass. */
export const explainD1 = (thrown: unknown): DatabaseError => {
  const cause = driverCause(thrown);
  const message = cause instanceof Error ? cause.message : `${cause}`;
  return new DatabaseError(message, { transient: !message.includes("SQLITE_CONSTRAINT") });
};
