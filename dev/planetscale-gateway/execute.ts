/** One statement of one session: where it runs, and which session its client goes on with. */
import { type Backend, type Outcome, type PoolConnection, run } from "./backend.ts";
import type { Delay, Limits } from "./limits.ts";
import { refusalOf } from "./refused.ts";
import type { SessionFacts } from "./session-token.ts";
import { DEADLOCK, StatementError, toStatementError } from "./sql-errors.ts";
import { kindOf, type StatementKind } from "./statement.ts";
import { createTransactions, InUse, type Lease } from "./transactions.ts";

export interface Executed {
  readonly facts: SessionFacts;
  readonly outcome: Outcome | undefined;
  readonly error: StatementError | undefined;
}

export interface Executor {
  /** @param instead an error that the server is made to have answered, without having been asked */
  execute(sql: string, facts: SessionFacts, instead?: StatementError): Promise<Executed>;
  close(): Promise<void>;
}

export interface ExecutorDeps {
  readonly backend: Backend;
  readonly limits: Limits;
  readonly delay: Delay;
}

export const createExecutor = ({ backend, limits, delay }: ExecutorDeps): Executor => {
  const transactions = createTransactions({
    ...{ limits, delay, kill: backend.kill },
    rollBack: async (connection) => {
      try {
        await run(connection, "ROLLBACK", 0, new AbortController().signal);
        connection.release();
      } catch {
        connection.destroy();
      }
    },
  });

  /** @throws also the reason of `stop`, which is aborted when a write takes too long */
  const send = async (
    connection: PoolConnection,
    { sql, kind, instead }: Statement,
    stop: AbortController,
  ): Promise<Outcome> => {
    if (instead !== undefined) throw instead;
    if (kind !== "write") return run(connection, sql, limits.rows, stop.signal);
    const cancel = delay(limits.writeMs, () => stop.abort(tooSlow(limits.writeMs)));
    try {
      return await run(connection, sql, limits.rows, stop.signal);
    } finally {
      cancel();
    }
  };

  const alone = async (statement: Statement): Promise<Outcome> => {
    const connection = await backend.connection();
    const stop = new AbortController();
    try {
      const outcome = await send(connection, statement, stop);
      // Nobody could end what nobody has begun.
      if (outcome.inTransaction) connection.destroy();
      return outcome;
    } finally {
      if (stop.signal.aborted) backend.kill(connection);
      else connection.release();
    }
  };

  const begin = async (statement: Statement): Promise<readonly [Outcome, string]> => {
    transactions.checkRoom();
    const connection = await backend.connection();
    try {
      const outcome = await send(connection, statement, new AbortController());
      return [outcome, transactions.add(connection)];
    } catch (error) {
      connection.release();
      throw error;
    }
  };

  /** @returns what it came to, and whether the transaction goes on */
  const within = async (lease: Lease, statement: Statement): Promise<[Outcome, boolean]> => {
    const { connection, stop } = lease;
    if (statement.kind === "other" || statement.kind === "write") {
      if (lease.broken) throw rolledBack();
      const outcome = await send(connection, statement, stop);
      // DDL commits what is open.
      const goesOn = outcome.inTransaction !== false;
      if (!goesOn) connection.release();
      return [outcome, goesOn];
    }
    if (lease.broken && statement.kind !== "rollback") throw rolledBack();
    lease.ending();
    try {
      const outcome = await send(connection, statement, stop);
      connection.release();
      return [outcome, false];
    } catch (error) {
      // What became of it is not known, but it is not to stay open.
      connection.destroy();
      throw new Concluded(error);
    }
  };

  const inTransaction = async (id: string, statement: Statement): Promise<[Outcome, boolean]> => {
    let answer: [Outcome, boolean] | undefined;
    let failure: unknown;
    await transactions.use(id, async (lease) => {
      try {
        answer = await within(lease, statement);
        return answer[1];
      } catch (error) {
        failure = error;
        if (error instanceof Concluded) return false;
        const { code, number } = toStatementError(error);
        if (number?.errno === DEADLOCK) lease.broken = true;
        if (code === "UNAVAILABLE") lease.connection.destroy();
        return code !== "UNAVAILABLE";
      }
    });
    if (answer === undefined) throw failure instanceof Concluded ? failure.cause : failure;
    return answer;
  };

  const attempt = async (statement: Statement, facts: SessionFacts): Promise<Executed> => {
    const { kind } = statement;
    let { transactionId } = facts;
    if (kind === "begin") {
      if (transactionId !== undefined) await inTransaction(transactionId, COMMIT);
      const [outcome, id] = await begin(statement);
      return { facts: { ...facts, transactionId: id }, outcome, error: undefined };
    }
    let outcome: Outcome;
    if (transactionId === undefined) {
      outcome = await alone(statement);
    } else {
      const [answered, goesOn] = await inTransaction(transactionId, statement);
      outcome = answered;
      if (!goesOn) transactionId = undefined;
    }
    const lastInsertId = outcome.result.insertId ?? facts.lastInsertId;
    return { facts: { ...facts, transactionId, lastInsertId }, outcome, error: undefined };
  };

  return {
    execute: async (sql, facts, instead) => {
      const kind = kindOf(sql);
      try {
        const refused = refusalOf(sql);
        if (refused !== undefined) throw unsupported(refused);
        return await attempt({ sql, kind, instead }, facts);
      } catch (thrown) {
        const error = toStatementError(thrown);
        const isOver = (kind === "commit" || kind === "rollback") && !(error instanceof InUse);
        // A connection of the client's is good again after its COMMIT or ROLLBACK, whatever came of it.
        const next = isOver ? { ...facts, transactionId: undefined } : facts;
        return { facts: next, outcome: undefined, error };
      }
    },
    close: async () => {
      transactions.close();
      await backend.close();
    },
  };
};

interface Statement {
  readonly sql: string;
  readonly kind: StatementKind;
  readonly instead: StatementError | undefined;
}

const COMMIT: Statement = { sql: "COMMIT", kind: "commit", instead: undefined };

/** The transaction is over although its last statement failed. */
class Concluded extends Error {
  constructor(cause: unknown) {
    super("the end of a transaction failed", { cause });
  }
}

const unsupported = (what: string): StatementError =>
  new StatementError("UNIMPLEMENTED", `VT12001: unsupported: ${what}`, {
    ...{ errno: 1235, sqlState: "42000" },
  });

const rolledBack = (): StatementError =>
  new StatementError(
    "ABORTED",
    "the transaction was rolled back after a deadlock; only ROLLBACK ends it",
  );

const tooSlow = (limitMs: number): StatementError =>
  new StatementError(
    "CANCELED",
    `(errno 2013) due to context deadline exceeded, elapsed time: ${limitMs / 1_000}s, killing query`,
  );
