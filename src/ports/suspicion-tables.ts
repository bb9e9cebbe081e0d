import type { AuditEntry } from "./audit-entry.ts";

export type SuspicionStatus = "open" | "excluded" | "dismissed";

/** What looks like tampering with a content's number, and what became of it. */
export interface Suspicion {
  readonly id: string;
  readonly content: string;
  /** What looks wrong: see `src/core/suspicion/`. */
  readonly kind: string;
  /** Name and version of the rule that raised it: `network-share@1`. */
  readonly rule: string;
  /** 0 to 100. */
  readonly score: number;
  readonly status: SuspicionStatus;
  /** Ms. */
  readonly raisedAt: number;
  /** It is about events of `fromAt <= at < toAt`, ms; `toAt` moves while it goes on. */
  readonly fromAt: number;
  readonly toAt: number;
  /** What was seen, as JSON: keys, shares, numbers. */
  readonly detail: string;
  readonly decided?: { readonly at: number; readonly by: string } | undefined;
}

export interface SuspicionQuery {
  readonly limit: number;
  /** All of them when absent. */
  readonly status?: SuspicionStatus | undefined;
  /** Raised before this, ms. */
  readonly before?: number | undefined;
}

/** Every write is safe to repeat. */
export interface SuspicionTables {
  /** Raises one, or renews score, `toAt` and detail of one that is open; what was decided stays. */
  raise(suspicion: Suspicion): Promise<void>;
  find(id: string): Promise<Suspicion | undefined>;
  /** The youngest first. */
  list(query: SuspicionQuery): Promise<readonly Suspicion[]>;
  /** Those that touch `from <= at < to`, ms, of any status. */
  during(from: number, to: number): Promise<readonly Suspicion[]>;
  /** Decides it, and keeps the audit entry, both or neither. @returns as it is then; `undefined`: there is none */
  decide(
    id: string,
    status: Exclude<SuspicionStatus, "open">,
    decided: NonNullable<Suspicion["decided"]>,
    audit: AuditEntry,
  ): Promise<Suspicion | undefined>;
}
