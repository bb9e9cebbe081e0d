import { Hono } from "hono";
import { type ArriveResult, arrive } from "../app/live/arrive.ts";
import { MAX_BODY_BYTES } from "../core/limits.ts";
import { CLOSE_CODES, type CloseReason } from "../protocol/live-messages.ts";
import { HeartbeatBody, LiveQuery, NoQuery, StreamParam } from "../protocol/requests.ts";
import type { RoomNumbers } from "../protocol/room-rpc.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse, readBody } from "./read-body.ts";
import { addressOf, userAgentOf } from "./visit.ts";

export const live = new Hono<HttpEnv>();

live.get("/v1/streams/:id/live", async (c) => {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    return problem("upgrade-required", { headers: { Upgrade: "websocket" } });
  }
  if (!mayConnect(c)) return problem("origin-not-allowed");
  const stream = parse(StreamParam, c.req.param("id"));
  const { role, client, ticket } = parse(LiveQuery, c.req.queries());
  const { arrive: deps, rooms, log } = c.get("services");
  const result = await arrive(deps, { stream, role, client, ticket, ...whoAsks(c) });
  if (result.status === "not-live") return closedSocket("ended");
  if (result.status === "ticket-refused") return closedSocket("ticket");
  if (result.status !== "arrived") return refused(result);
  try {
    return await rooms.connect(stream, result.arrival, c.req.raw);
  } catch (cause) {
    log.error("live.no-room", { stream, cause: `${cause}` });
    return closedSocket("silent");
  }
});

live.post("/v1/streams/:id/heartbeat", async (c) => {
  parse(NoQuery, c.req.queries());
  const stream = parse(StreamParam, c.req.param("id"));
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, HeartbeatBody);
  const { arrive: deps, rooms, log } = c.get("services");
  const { client, ticket } = body;
  const result = await arrive(deps, { stream, role: "viewer", client, ticket, ...whoAsks(c) });
  if (result.status !== "arrived") return refused(result);
  const beat = await rooms.heartbeat(stream, result.arrival).catch((cause: unknown) => {
    log.error("live.no-room", { stream, cause: `${cause}` });
  });
  if (beat === undefined) return problem("room-unavailable", { headers: { "Retry-After": "2" } });
  if (beat.outcome === "ended") return problem("stream-not-live");
  if (beat.outcome === "crowded") {
    return problem("too-many-viewers", { headers: { "Retry-After": "60" } });
  }
  return answerJson(publicNumbers(beat), 200, NO_STORE);
});

/** A socket is no subject of CORS: the page's origin is all that says whose page it is (RFC 6455, section 10.2). */
const mayConnect = (c: HttpContext): boolean => {
  const { allowedOrigins } = c.get("services");
  return allowedOrigins === undefined || allowedOrigins.has(c.req.header("Origin") ?? "");
};

const whoAsks = (c: HttpContext) => ({
  address: addressOf(c.req.raw),
  userAgent: userAgentOf(c.req.raw),
});

type Refused = Exclude<ArriveResult, { status: "arrived" }>;

const refused = ({ status }: Refused): Response => {
  if (status === "registry-unavailable") {
    return problem(status, { headers: { "Retry-After": "2" } });
  }
  return problem(status === "not-live" ? "stream-not-live" : status);
};

/** For what a correct page can run into: a browser does not see with what status an upgrade is refused. */
const closedSocket = (reason: CloseReason): Response => {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(CLOSE_CODES[reason], reason);
  return new Response(null, { status: 101, webSocket: client });
};

const publicNumbers = (numbers: RoomNumbers) => {
  const { stream, status, viewers, peak, total, uniqueToday, recent, asOf } = numbers;
  return { stream, status, viewers, peak, total, uniqueToday, recent, asOf };
};
