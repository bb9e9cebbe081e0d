/** Errors of a statement, in the words of Vitess: the app reads MySQL's number out of the text. */

/** Codes of gRPC, as the body names them and as the message does. */
const GRPC_NAMES = {
  ABORTED: "Aborted",
  ALREADY_EXISTS: "AlreadyExists",
  CANCELED: "Canceled",
  INVALID_ARGUMENT: "InvalidArgument",
  NOT_FOUND: "NotFound",
  RESOURCE_EXHAUSTED: "ResourceExhausted",
  UNAVAILABLE: "Unavailable",
  UNIMPLEMENTED: "Unimplemented",
  UNKNOWN: "Unknown",
} as const;

export type ErrorCode = keyof typeof GRPC_NAMES;

/** An error of MySQL, or of Vitess, which has no number then. */
export interface MySqlNumber {
  readonly errno: number;
  readonly sqlState: string;
}

/** Answered with status 200, as every error of a statement is. */
export class StatementError extends Error {
  override readonly name = "StatementError";
  readonly code: ErrorCode;
  readonly number: MySqlNumber | undefined;

  constructor(code: ErrorCode, description: string, number?: MySqlNumber) {
    super(description);
    this.code = code;
    this.number = number;
  }
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  1062: "ALREADY_EXISTS",
  1064: "INVALID_ARGUMENT",
  1146: "NOT_FOUND",
};

const SQL_STATES: Readonly<Record<number, string>> = {
  1062: "23000",
  1064: "42000",
  1146: "42S02",
  1213: "40001",
};

/** InnoDB has rolled the whole transaction back. A lock that was waited for too long ends the statement alone. */
export const DEADLOCK = 1213;

export const mySqlError = (
  errno: number,
  description: string,
  sqlState = SQL_STATES[errno] ?? "HY000",
): StatementError =>
  new StatementError(CODES[errno] ?? "UNKNOWN", description, { errno, sqlState });

/**
 * What mysql2 threw. Without a number of MySQL's it is about the connection: Vitess says UNAVAILABLE when it cannot
 * reach the primary, or lost it before it had an answer; whether the statement was done is not known then.
 */
export const toStatementError = (thrown: unknown): StatementError => {
  if (thrown instanceof StatementError) return thrown;
  const { errno, sqlState, message } = asDriverError(thrown);
  // Errors of the system have numbers below zero, and no state.
  if (errno !== undefined && errno > 0 && sqlState !== undefined) {
    return mySqlError(errno, message, sqlState);
  }
  return new StatementError("UNAVAILABLE", `no connection to the primary: ${message}`);
};

interface DriverError {
  readonly errno?: number;
  readonly sqlState?: string;
  readonly message: string;
}

const asDriverError = (thrown: unknown): DriverError => {
  // Some of Node's errors say what happened in their code alone.
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const { errno, sqlState, code }: { errno?: unknown; sqlState?: unknown; code?: unknown } =
    Object.assign({ errno: undefined, sqlState: undefined, code: undefined }, thrown);
  return {
    ...(typeof errno === "number" && { errno }),
    ...(typeof sqlState === "string" && { sqlState }),
    message: thrown.message === "" ? String(code) : thrown.message,
  };
};

/** @returns the `error` of an answer */
export const toErrorBody = (
  error: StatementError,
  database: string,
): { readonly code: ErrorCode; readonly message: string } => {
  const { code, message, number } = error;
  const where = `target: ${database}.-.primary: vttablet: rpc error: code = ${GRPC_NAMES[code]}`;
  const numbers =
    number === undefined ? "" : ` (errno ${number.errno}) (sqlstate ${number.sqlState})`;
  return { code, message: `${where} desc = ${message}${numbers}` };
};
