/** What can go wrong between a client and its database; a rule looks at the statement as it came, values and all. */
import type { CommonFault, FaultScript, Faults } from "../gateway/faults.ts";

export type FaultKind = CommonFault | SqlErrorFault;

/** Nothing is done, and the server's error answered: of 1213 a transaction is rolled back as by a real one. */
export interface SqlErrorFault {
  readonly kind: "sql-error";
  readonly errno: number;
  readonly message?: string;
}

export type StatementFaults = Faults<string, FaultKind>;
export type StatementFaultScript = FaultScript<string, FaultKind>;
