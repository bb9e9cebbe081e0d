/** What PlanetScale limits, and what this gateway does besides; a test may set smaller ones. */
export interface Limits {
  /** Rows of one result. PlanetScale's. */
  readonly rows: number;
  /** PlanetScale's limit of a message. */
  readonly bodyBytes: number;
  /** One INSERT, UPDATE, DELETE or REPLACE. PlanetScale's. */
  readonly writeMs: number;
  /** A transaction that nobody sends a statement to; its client may be gone. */
  readonly idleMs: number;
  /** A transaction from BEGIN on. PlanetScale's. */
  readonly transactionMs: number;
  /** Until MariaDB has greeted us. */
  readonly connectMs: number;
  /** To MariaDB, whose default is 151. */
  readonly connections: number;
  /** Of those, how many transactions may hold: the rest is for statements without one. */
  readonly transactions: number;
}

export const LIMITS: Limits = {
  rows: 100_000,
  bodyBytes: 64 * 1024 * 1024,
  writeMs: 30_000,
  idleMs: 20_000,
  transactionMs: 20_000,
  connectMs: 2_000,
  connections: 64,
  transactions: 48,
};

/** Calls `then` in `ms`, unless what it answers is called before. */
export type Delay = (ms: number, then: () => void) => () => void;

export const delayByTimer: Delay = (ms, then) => {
  const timer = setTimeout(then, ms);
  timer.unref();
  return () => clearTimeout(timer);
};
