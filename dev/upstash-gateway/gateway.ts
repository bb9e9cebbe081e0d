/**
 * Upstash's REST protocol over a Redis, as the client `@upstash/redis` speaks it: the app as it is deployed, with a
 * Redis on this machine.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerWithFault } from "../gateway/answer-with-fault.ts";
import { createFaults } from "../gateway/faults.ts";
import { HttpError, isSame, sendAnswer, sendJson } from "../gateway/http.ts";
import { startServer } from "../gateway/server.ts";
import { answerRequest, refuseWhole } from "./answer.ts";
import { createBackend, type RedisAddress } from "./backend.ts";
import { type RequestFault, type RequestFaults, textOfRequest } from "./faults.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { createReadOnly } from "./read-only.ts";
import {
  readRequest,
  type Target,
  TOKEN_PARAMETER,
  targetOf,
  type UpstashRequest,
} from "./request.ts";

export interface UpstashGatewayOptions {
  readonly redis: RedisAddress;
  /** 0 takes a free one. Listens on 127.0.0.1 alone. */
  readonly port: number;
  /** What `Authorization: Bearer` has to say. */
  readonly token: string;
  /** Another one, with which only commands that change nothing are done. */
  readonly readOnlyToken?: string;
  /** Told of every call with a right token when it comes, before anything is done with it: a call is one, whatever is in it. */
  readonly onRequest?: (request: UpstashRequest) => void;
  readonly limits?: Partial<Limits>;
}

export interface UpstashGateway {
  /** `http://127.0.0.1:port`, as UPSTASH_REDIS_REST_URL takes it. */
  readonly url: string;
  readonly token: string;
  readonly faults: RequestFaults;
  close(): Promise<void>;
}

const SYNC_TOKEN = "upstash-sync-token";

/** @throws Error for an empty token; what `listen` throws, as for a port in use */
export const startUpstashGateway = async (
  options: UpstashGatewayOptions,
): Promise<UpstashGateway> => {
  const { redis, port, token, readOnlyToken = "", onRequest = () => undefined } = options;
  if (token === "") throw new Error("the gateway's token is empty");
  const limits = { ...LIMITS, ...options.limits };
  const backend = createBackend(redis, limits);
  const faults = createFaults<UpstashRequest, RequestFault>(textOfRequest);

  const changesNothing = createReadOnly(backend);

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = targetOf(message);
    const given = tokenOf(message, target);
    const mayWrite = isSame(given, token);
    if (!mayWrite && !(readOnlyToken !== "" && isSame(given, readOnlyToken))) {
      throw new HttpError(401, "WRONGPASS", "WRONGPASS invalid or missing auth token");
    }
    const request = await readRequest(message, target, limits.bodyBytes);
    onRequest(request);
    response.setHeader(SYNC_TOKEN, syncTokenOf(message));
    const fault = faults.next(request);
    const run = () =>
      answerRequest(
        {
          backend,
          encoding: message.headers["upstash-encoding"] === "base64" ? "base64" : "plain",
          refuse: async (command, at) =>
            errorAt(fault, at) ?? (mayWrite ? undefined : await changesNothing(command)),
        },
        request,
      );
    if (fault === undefined) return sendAnswer(response, await run());
    if (fault.kind !== "error") {
      const { detach } = faults;
      return await answerWithFault(fault, response, { run, errorBody: TEST_ERROR, detach });
    }
    const isWhole = fault.at === undefined;
    sendAnswer(response, isWhole ? refuseWhole(fault.message) : await run());
  };

  const server = await startServer(port, { answer, sendError });
  return {
    url: `http://${server.host}`,
    token,
    faults,
    close: async () => {
      server.close();
      backend.close();
    },
  };
};

const TEST_ERROR = { error: "ERR as a test wants it" };

const errorAt = (fault: RequestFault | undefined, at: number): string | undefined =>
  fault?.kind === "error" && fault.at === at ? fault.message : undefined;

const tokenOf = ({ headers }: IncomingMessage, { parameters }: Target): string =>
  /^Bearer (.*)$/i.exec(headers.authorization ?? "")?.[1] ?? parameters.get(TOKEN_PARAMETER) ?? "";

/** One server is always in step with itself: the client's own goes back, and a new one gets any. */
const syncTokenOf = ({ headers }: IncomingMessage): string => {
  const given = headers[SYNC_TOKEN];
  return typeof given === "string" && given !== "" ? given : randomUUID();
};

const sendError = (response: ServerResponse, { status, message }: HttpError): void =>
  sendJson(response, status, { error: message });
