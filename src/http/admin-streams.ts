import { Hono } from "hono";
import { deleteUser } from "../app/live/delete-user.ts";
import { putBroadcaster, putStream, putUser } from "../app/live/put-registry.ts";
import { endStream, type StartStreamResult, startStream } from "../app/live/start-stream.ts";
import { MAX_BODY_BYTES } from "../core/limits.ts";
import {
  BroadcasterBody,
  IdParam,
  StreamBody,
  StreamParam,
  UserBody,
} from "../protocol/requests.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { problem } from "./problem.ts";
import { parse, readBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** Who streams, and what; behind the admin key. */
export const adminStreams = new Hono<HttpEnv>();

adminStreams.put("/v1/admin/users/:id", async (c) => {
  const { log, putRegistry } = c.get("services");
  const id = parse(IdParam, c.req.param("id"));
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, UserBody);
  const user = await orUnsaved(putUser(signed(c, putRegistry), { ...body, id }), log);
  return answerJson(user, 200, NO_STORE);
});

adminStreams.delete("/v1/admin/users/:id", async (c) => {
  const { log, deleteUser: deps } = c.get("services");
  const id = parse(IdParam, c.req.param("id"));
  const { status, ...result } = await orUnsaved(deleteUser(signed(c, deps), id), log);
  if (status !== "deleted") return problem(status, { headers: { "Retry-After": "2" } });
  return answerJson(result, 200, NO_STORE);
});

adminStreams.put("/v1/admin/broadcasters/:id", async (c) => {
  const { log, putRegistry } = c.get("services");
  const id = parse(IdParam, c.req.param("id"));
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, BroadcasterBody);
  const result = await orUnsaved(putBroadcaster(signed(c, putRegistry), { ...body, id }), log);
  if (result.status !== "saved") return problem(result.status);
  return answerJson(result.broadcaster, 200, NO_STORE);
});

adminStreams.put("/v1/admin/streams/:id", async (c) => {
  const { log, putRegistry } = c.get("services");
  const id = parse(StreamParam, c.req.param("id"));
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, StreamBody);
  const result = await orUnsaved(putStream(signed(c, putRegistry), { ...body, id }), log);
  if (result.status !== "saved") return problem(result.status);
  return answerJson(result.stream, 200, NO_STORE);
});

adminStreams.post("/v1/admin/streams/:id/start", async (c) => {
  const { log, startStream: deps } = c.get("services");
  const id = parse(StreamParam, c.req.param("id"));
  return answerStream(await orUnsaved(startStream(signed(c, deps), id), log));
});

adminStreams.post("/v1/admin/streams/:id/end", async (c) => {
  const { log, startStream: deps } = c.get("services");
  const id = parse(StreamParam, c.req.param("id"));
  return answerStream(await orUnsaved(endStream(signed(c, deps), id), log));
});

const answerStream = (result: StartStreamResult): Response => {
  if (result.status !== "done") return problem(result.status);
  return answerJson({ ...result.stream, numbers: result.numbers }, 200, NO_STORE);
};
