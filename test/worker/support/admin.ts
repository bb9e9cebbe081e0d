import { expect } from "vitest";
import type { JobRun } from "../../../src/ports/database.ts";
import { makeRequest, send } from "./client.ts";
import { config } from "./events.ts";

const AUTHORIZATION = { Authorization: `Bearer ${config.adminKey}` };

/** As an operator asks. */
export const adminRequest = (method: string, path: string, body?: unknown): Request =>
  makeRequest(method, `/v1/admin/${path}`, { body, headers: AUTHORIZATION });

export const put = (path: string, body: unknown): Promise<Response> =>
  send(adminRequest("PUT", path, body));

/** @returns the run of a flush in which no shard failed */
export const flush = async (): Promise<JobRun> => {
  const answer = await send(adminRequest("POST", "flush"));
  expect(answer.status).toBe(200);
  const run = await answer.json<JobRun>();
  expect(run.failures).toBe(0);
  return run;
};
