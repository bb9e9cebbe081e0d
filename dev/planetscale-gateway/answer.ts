/** One statement from its request to its answer, or to the fault that a test wants in between. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Executor } from "./execute.ts";
import type { FaultKind, FaultScript } from "./faults.ts";
import { HttpError, sendHalf, sendJson } from "./http.ts";
import { newFacts, type SessionFacts, type SessionTokens } from "./session-token.ts";
import { mySqlError, type StatementError, toErrorBody } from "./sql-errors.ts";

export interface AnswerDeps {
  readonly executor: Executor;
  readonly tokens: SessionTokens;
  readonly faults: FaultScript;
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
  if (fault === undefined) sendJson(response, 200, await run());
  else await answerWith(fault, response, run, deps.faults);
};

/** @returns the body of the answer */
const execute = async (
  { executor, tokens, database }: AnswerDeps,
  sql: string,
  facts: SessionFacts,
  instead?: StatementError,
): Promise<object> => {
  const started = performance.now();
  const { facts: next, outcome, error } = await executor.execute(sql, facts, instead);
  const isWrite = outcome?.result.fields === undefined;
  const counts = { [isWrite ? "rowCount" : "foundRows"]: outcome?.rows ?? 0 };
  return {
    session: tokens.sign(next, counts),
    ...(outcome && { result: outcome.result }),
    ...(error && { error: toErrorBody(error, database) }),
    timing: (performance.now() - started) / 1_000,
  };
};

const answerWith = async (
  fault: FaultKind,
  response: ServerResponse,
  run: (instead?: StatementError) => Promise<object>,
  faults: FaultScript,
): Promise<void> => {
  switch (fault.kind) {
    case "delay": {
      const delayed = sleep(fault.ms).then(() => run());
      // Its client may give it up: it is done all the same.
      faults.detach(delayed);
      return sendJson(response, 200, await delayed);
    }
    case "twice":
      await run();
      return sendJson(response, 200, await run());
    case "refuse":
      response.destroy();
      return;
    case "status":
      return sendStatus(response, fault);
    case "cut":
      return sendHalf(response, await run());
    case "apply-and-drop":
      return faults.detach(run().finally(() => response.destroy()));
    case "sql-error": {
      const { errno, message = `error ${errno}, as a test wants it` } = fault;
      return sendJson(response, 200, await run(mySqlError(errno, message)));
    }
    case "hold":
      response.destroy();
      return faults.detach(fault.until.then(() => run()));
  }
};

const sendStatus = (response: ServerResponse, fault: FaultKind & { kind: "status" }): void => {
  const { status, body } = fault;
  if (body === "json") {
    sendJson(response, status, { error: { code: "UNAVAILABLE", message: "as a test wants it" } });
  } else {
    response.writeHead(status, { "Content-Type": "text/html" }).end("<h1>as a test wants it</h1>");
  }
};
