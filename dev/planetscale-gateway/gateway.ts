/**
 * PlanetScale's HTTP protocol over a MariaDB or MySQL, as the driver `@planetscale/database` speaks it: the app as it is
 * deployed, with a database on this machine.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createFaults } from "../gateway/faults.ts";
import { HttpError, isSame, parseJson, readBytes, sendJson } from "../gateway/http.ts";
import { startServer } from "../gateway/server.ts";
import type { MySqlAddress } from "../mysql/address.ts";
import { type AnswerDeps, answerStatement } from "./answer.ts";
import { createBackend } from "./backend.ts";
import { createExecutor } from "./execute.ts";
import type { StatementFaults } from "./faults.ts";
import { type Delay, delayByTimer, LIMITS, type Limits } from "./limits.ts";
import { createSessionTokens, newFacts } from "./session-token.ts";

export interface GatewayOptions {
  readonly mysql: MySqlAddress;
  /** 0 takes a free one. Listens on 127.0.0.1 alone. */
  readonly port: number;
  /** What Basic auth has to say. Of letters, digits and `_-.~`: the driver decodes nothing. */
  readonly user: string;
  readonly password: string;
  /** Told of every statement when it comes, before anything is done with it. */
  readonly onStatement?: (sql: string) => void;
  /** For tests: smaller ones, and a clock by hand. */
  readonly limits?: Partial<Limits>;
  readonly delay?: Delay;
}

export interface Gateway {
  /** `http://user:password@127.0.0.1:port`, as DATABASE_URL takes it. */
  readonly url: string;
  readonly faults: StatementFaults;
  /** Transactions that are open are rolled back. */
  close(): Promise<void>;
}

/** What a URL takes as it is, and has a character at least: an empty password is nobody's. */
const CREDENTIAL = /^[\w.~-]+$/;

const EXECUTE = "/psdb.v1alpha1.Database/Execute";
const CREATE_SESSION = "/psdb.v1alpha1.Database/CreateSession";

/** @throws Error for credentials that the driver cannot send; what `listen` throws, as for a port in use */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { mysql, port, user, password, delay = delayByTimer } = options;
  checkCredentials({ user, password });
  const limits = { ...LIMITS, ...options.limits };
  const executor = createExecutor({ backend: createBackend(mysql, limits), limits, delay });
  const deps: AnswerDeps = {
    executor,
    tokens: createSessionTokens(mysql.database, password),
    faults: createFaults((sql) => sql),
    database: mysql.database,
    onStatement: options.onStatement ?? (() => undefined),
  };
  const server = await startServer(port, {
    answer: createRoute(deps, options, limits.bodyBytes),
    sendError: sendHttpError,
  });
  return {
    url: `http://${user}:${password}@${server.host}`,
    faults: deps.faults,
    close: async () => {
      server.close();
      await executor.close();
    },
  };
};

const checkCredentials = (credentials: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(credentials)) {
    if (!CREDENTIAL.test(value)) {
      throw new Error(`the gateway's ${name} must be of letters, digits and "_-.~", and not empty`);
    }
  }
};

const createRoute = (
  deps: AnswerDeps,
  { user, password }: GatewayOptions,
  bodyBytes: number,
): ((request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return async (request, response) => {
    if (request.url !== EXECUTE && request.url !== CREATE_SESSION) {
      throw new HttpError(404, "NOT_FOUND", `there is no ${request.url}`);
    }
    if (request.method !== "POST") throw new HttpError(405, "UNIMPLEMENTED", "it takes a POST");
    if (!isSame(request.headers.authorization ?? "", authorization)) {
      throw new HttpError(401, "UNAUTHENTICATED", "the user or the password is wrong");
    }
    const body = await readJson(request, bodyBytes);
    if (request.url === EXECUTE) return answerStatement(deps, body, response);
    const session = deps.tokens.sign(newFacts());
    sendJson(response, 200, { branch: "main", user: { username: user, psid: "local" }, session });
  };
};

/** @throws HttpError where it is too long, no JSON, or no object */
const readJson = async (
  request: IncomingMessage,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> => {
  const bytes = await readBytes(request, maxBytes);
  if (bytes === undefined) {
    throw new HttpError(413, "RESOURCE_EXHAUSTED", `the body has more than ${maxBytes} bytes`);
  }
  const parsed = parseJson(bytes);
  if (!isObject(parsed)) throw new HttpError(400, "INVALID_ARGUMENT", "the body is no JSON object");
  return parsed;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const sendHttpError = (response: ServerResponse, error: HttpError): void => {
  const { status, code, message } = error;
  if (status === 401) response.setHeader("WWW-Authenticate", "Basic");
  if (status === 405) response.setHeader("Allow", "POST");
  sendJson(response, status, { error: { code, message } });
};
