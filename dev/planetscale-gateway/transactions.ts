/** Transactions that wait for their next statement, each with a connection of its own. */
import type { PoolConnection } from "./backend.ts";
import type { Delay, Limits } from "./limits.ts";
import { StatementError } from "./sql-errors.ts";

/** A transaction in the hands of one statement. */
export interface Lease {
  readonly connection: PoolConnection;
  /** Aborted when the transaction's time is over. */
  readonly stop: AbortController;
  /** The server has rolled it back: all that is left to do is ROLLBACK. */
  broken: boolean;
  /** It is to end with this statement: its time does not run out any more. */
  ending(): void;
}

export interface Transactions {
  /** @throws StatementError when there are as many as there may be */
  checkRoom(): void;
  /** A transaction was begun on `connection`. @returns its id */
  add(connection: PoolConnection): string;
  /**
   * Lends it to one statement. `true` from `task` keeps it, all else ends it.
   * @throws StatementError when it is not known any more, or in use
   */
  use(id: string, task: (lease: Lease) => Promise<boolean>): Promise<void>;
  close(): void;
}

export interface TransactionDeps {
  readonly limits: Limits;
  readonly delay: Delay;
  /** With what is open on it. */
  kill(connection: PoolConnection): void;
  /** After a ROLLBACK it goes back to the pool. */
  rollBack(connection: PoolConnection): Promise<void>;
}

interface Held {
  readonly id: string;
  readonly connection: PoolConnection;
  readonly stop: AbortController;
  broken: boolean;
  busy: boolean;
  cancelIdle: () => void;
  cancelTotal: () => void;
}

/** Vitess remembers as few. */
const ENDED_REMEMBERED = 1_000;

export const createTransactions = (deps: TransactionDeps): Transactions => {
  const { limits, delay } = deps;
  const all = new Map<string, Held>();
  const ended = new Map<string, string>();
  // Never the same after a restart either.
  let last = BigInt(Date.now()) * 1_000_000n;

  const forget = (held: Held): void => {
    held.cancelIdle();
    held.cancelTotal();
    all.delete(held.id);
  };

  const expire = (held: Held, limitMs: number): void => {
    forget(held);
    const reason = `ended at ${new Date().toISOString()} (exceeded timeout: ${limitMs / 1_000}s)`;
    remember(ended, held.id, reason);
    if (held.busy) held.stop.abort(aborted(held.id, reason));
    else void deps.rollBack(held.connection);
  };

  const watchIdle = (held: Held): void => {
    held.cancelIdle = delay(limits.idleMs, () => expire(held, limits.idleMs));
  };

  return {
    checkRoom: () => {
      if (all.size < limits.transactions) return;
      throw new StatementError("RESOURCE_EXHAUSTED", "transaction pool connection limit exceeded");
    },
    add: (connection) => {
      last += 1n;
      const id = `${last}`;
      const held: Held = {
        ...{ id, connection, stop: new AbortController(), broken: false, busy: false },
        ...{ cancelIdle: () => undefined, cancelTotal: () => undefined },
      };
      held.cancelTotal = delay(limits.transactionMs, () => expire(held, limits.transactionMs));
      watchIdle(held);
      all.set(id, held);
      return id;
    },
    use: async (id, task) => {
      const held = all.get(id);
      if (held === undefined) throw aborted(id, ended.get(id) ?? "not found");
      if (held.busy) throw new InUse(id);
      held.busy = true;
      held.cancelIdle();
      let keep = false;
      try {
        keep = await task(Object.assign(held, { ending: () => held.cancelTotal() }));
      } finally {
        held.busy = false;
        if (held.stop.signal.aborted) {
          deps.kill(held.connection);
          forget(held);
        } else if (keep) {
          watchIdle(held);
        } else {
          forget(held);
        }
      }
    },
    close: () => {
      for (const held of all.values()) {
        forget(held);
        held.connection.destroy();
      }
    },
  };
};

/** The transaction goes on, with the statement that was first. */
export class InUse extends StatementError {
  constructor(id: string) {
    super("ABORTED", `transaction ${id}: in use: for query`);
  }
}

const aborted = (id: string, reason: string): StatementError =>
  new StatementError("ABORTED", `transaction ${id}: ${reason}`);

const remember = (ended: Map<string, string>, id: string, reason: string): void => {
  ended.set(id, reason);
  for (const oldest of ended.keys()) {
    if (ended.size <= ENDED_REMEMBERED) return;
    ended.delete(oldest);
  }
};
