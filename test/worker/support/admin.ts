import { expect } from "vitest";
import type { JobRun } from "../../../src/ports/database.ts";
import { makeRequest, send } from "./client.ts";
import { config } from "./events.ts";

const AUTHORIZATION = { Authorization: `Bearer ${config.adminKeys[0]}` };

/** As an operator asks. */
export const adminRequest = (method: string, path: string, body?: unknown): Request =>
  makeRequest(method, `/v1/admin/${path}`, { body, headers: AUTHORIZATION });

export const put = (path: string, body: unknown): Promise<Response> =>
  send(adminRequest("PUT", path, body));

interface FlushRuns {
  readonly views: JobRun;
  readonly streams: JobRun;
}

/** @returns the runs of a flush in which nothing failed */
export const flushAll = async (): Promise<FlushRuns> => {
  const answer = await send(adminRequest("POST", "flush"));
  expect(answer.status).toBe(200);
  const runs = await answer.json<FlushRuns>();
  expect(runs).toMatchObject({ views: { failures: 0 }, streams: { failures: 0 } });
  return runs;
};

/** @returns the Tallies' run of a flush in which nothing failed */
export const flush = async (): Promise<JobRun> => (await flushAll()).views;
