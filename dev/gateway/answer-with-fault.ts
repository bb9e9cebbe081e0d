/** A request's way to its answer, with what a test wants in between. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommonFault } from "./faults.ts";
import { type Answer, sendAnswer, sendHalf, sendJson } from "./http.ts";

export interface FaultyAnswerDeps {
  /** Does what the request asks for; called twice where it is to be done twice. */
  run(): Promise<Answer>;
  /** Body of an error that is nobody's, as JSON. */
  readonly errorBody: object;
  /** `task` goes on without a client. */
  detach(task: Promise<unknown>): void;
}

export const answerWithFault = async (
  fault: CommonFault,
  response: ServerResponse,
  { run, errorBody, detach }: FaultyAnswerDeps,
): Promise<void> => {
  switch (fault.kind) {
    case "delay": {
      const delayed = sleep(fault.ms).then(run);
      // Its client may give it up: it is done all the same.
      detach(delayed);
      return sendAnswer(response, await delayed);
    }
    case "twice":
      await run();
      return sendAnswer(response, await run());
    case "refuse":
      response.destroy();
      return;
    case "status":
      return sendStatus(response, fault, errorBody);
    case "cut":
      return sendHalf(response, await run());
    case "apply-and-drop":
      return detach(run().finally(() => response.destroy()));
    case "hold":
      response.destroy();
      return detach(fault.until.then(run));
  }
};

const sendStatus = (
  response: ServerResponse,
  { status, body }: CommonFault & { kind: "status" },
  errorBody: object,
): void => {
  if (body === "json") sendJson(response, status, errorBody);
  else
    response.writeHead(status, { "Content-Type": "text/html" }).end("<h1>as a test wants it</h1>");
};
