/** One statement from its request to its answer, or to the fault that a test wants in between. */
import type { ServerResponse } from "node:http";
import { answerWithFault } from "../gateway/answer-with-fault.ts";
import { type Answer, HttpError, sendAnswer } from "../gateway/http.ts";
import type { Executor } from "./execute.ts";
import type { StatementFaultScript } from "./faults.ts";
import { newFacts, type SessionFacts, type SessionTokens } from "./session-token.ts";
import { mySqlError, type StatementError, toErrorBody } from "./sql-errors.ts";

export interface AnswerDeps {
  readonly executor: Executor;
  readonly tokens: SessionTokens;
  readonly faults: StatementFaultScript;
  readonly database: string;
  onStatement(sql: string): void;
}

/** @throws HttpError where `body` is no request */
export const answerStatement = async (
  deps: AnswerDeps,
  body: Readonly<Record<string, unknown>>,
  response: ServerResponse,
): Promise<void> => {
  const { query: sql, session } = body;
  if (typeof sql !== "string") {
    throw new HttpError(400, "INVALID_ARGUMENT", "`query` is no text");
  }
  const isNew = session === null || session === undefined;
  const facts = isNew ? newFacts() : deps.tokens.verify(session);
  if (facts === undefined) throw new HttpError(400, "INVALID_ARGUMENT", "the session is not ours");
  deps.onStatement(sql);
  const fault = deps.faults.next(sql);
  const run = (instead?: StatementError) => execute(deps, sql, facts, instead);
  if (fault === undefined) {
    sendAnswer(response, await run());
  } else if (fault.kind === "sql-error") {
    const { errno, message = `error ${errno}, as a test wants it` } = fault;
    sendAnswer(response, await run(mySqlError(errno, message)));
  } else {
    const { detach } = deps.faults;
    await answerWithFault(fault, response, { run: () => run(), errorBody: TEST_ERROR, detach });
  }
};

const TEST_ERROR = { error: { code: "UNAVAILABLE", message: "as a test wants it" } };

const execute = async (
  { executor, tokens, database }: AnswerDeps,
  sql: string,
  facts: SessionFacts,
  instead?: StatementError,
): Promise<Answer> => {
  const started = performance.now();
  const { facts: next, outcome, error } = await executor.execute(sql, facts, instead);
  const isWrite = outcome?.result.fields === undefined;
  const counts = { [isWrite ? "rowCount" : "foundRows"]: outcome?.rows ?? 0 };
  const body = {
    session: tokens.sign(next, counts),
    ...(outcome && { result: outcome.result }),
    ...(error && { error: toErrorBody(error, database) }),
    timing: (performance.now() - started) / 1_000,
  };
  return { status: 200, body };
};
