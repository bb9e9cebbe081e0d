/**
 * PlanetScale's HTTP protocol over a MariaDB or MySQL, as the driver `@planetscale/database` speaks it: the app as it is
 * deployed, with a database on this machine.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MySqlAddress } from "../mysql/address.ts";
import { type AnswerDeps, answerStatement } from "./answer.ts";
import { createBackend } from "./backend.ts";
import { createExecutor } from "./execute.ts";
import { createFaults, type Faults } from "./faults.ts";
import { HttpError, readJson, sendHttpError, sendJson } from "./http.ts";
import { type Delay, delayByTimer, LIMITS, type Limits } from "./limits.ts";
import { createSessionTokens, isSame, newFacts } from "./session-token.ts";

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
  readonly faults: Faults;
  /** Transactions that are open are rolled back. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/** Longer than clients keep theirs: a statement sent into a connection that we close is lost, or done unheard. */
const KEEP_ALIVE_MS = 65_000;

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
    faults: createFaults(),
    database: mysql.database,
    onStatement: options.onStatement ?? (() => undefined),
  };
  const route = createRoute(deps, options, limits.bodyBytes);
  const server = createServer((request, response) => {
    route(request, response).catch((thrown: unknown) => fail(response, thrown));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    url: `http://${user}:${password}@${HOST}:${portOf(server.address())}`,
    faults: deps.faults,
    close: async () => {
      server.close();
      server.closeAllConnections();
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

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === "object" && address !== null ? address.port : 0;

const fail = (response: ServerResponse, thrown: unknown): void => {
  // The client left, or has half an answer.
  if (response.socket === null || response.socket.destroyed || response.headersSent) {
    response.destroy();
  } else if (thrown instanceof HttpError) {
    sendHttpError(response, thrown);
  } else {
    // Of ours: its text is for the log alone.
    console.error("the gateway failed", thrown);
    sendHttpError(response, new HttpError(500, "INTERNAL", "the gateway failed"));
  }
};
