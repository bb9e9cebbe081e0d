/**
 * PlanetScale's HTTP protocol over a MariaDB or MySQL, as the driver `@planetscale/database` speaks it: the app as it is
 * deployed, with a database on this machine.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { MySqlAddress } from "../mysql/address.ts";
import { createBackend } from "./backend.ts";
import { createExecutor } from "./execute.ts";
import { createFaults, type FaultKind, type Faults } from "./faults.ts";
import { HttpError, readJson, sendHalf, sendHttpError, sendJson } from "./http.ts";
import { type Delay, delayByTimer, LIMITS, type Limits } from "./limits.ts";
import { createSessionTokens, isSame, newFacts, type SessionFacts } from "./session-token.ts";
import { mySqlError, toErrorBody } from "./sql-errors.ts";

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
  const { mysql, port, user, password, onStatement, delay = delayByTimer } = options;
  for (const [name, value] of Object.entries({ user, password })) {
    if (!CREDENTIAL.test(value)) {
      throw new Error(`the gateway's ${name} must be of letters, digits and "_-.~", and not empty`);
    }
  }
  const limits = { ...LIMITS, ...options.limits };
  const tokens = createSessionTokens(mysql.database, password);
  const executor = createExecutor({ backend: createBackend(mysql, limits), limits, delay });
  const faults = createFaults();
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  const execute = async (sql: string, facts: SessionFacts, fault?: FaultKind): Promise<object> => {
    const started = performance.now();
    const instead = fault?.kind === "sql-error" ? toInjected(fault) : undefined;
    const { facts: next, outcome, error } = await executor.execute(sql, facts, instead);
    const isWrite = outcome?.result.fields === undefined;
    const counts = { [isWrite ? "rowCount" : "foundRows"]: outcome?.rows ?? 0 };
    return {
      session: tokens.sign(next, counts),
      ...(outcome && { result: outcome.result }),
      ...(error && { error: toErrorBody(error, mysql.database) }),
      timing: (performance.now() - started) / 1_000,
    };
  };

  const answerExecute = async (body: Body, response: ServerResponse): Promise<void> => {
    const { query: sql, session } = body;
    if (typeof sql !== "string") {
      throw new HttpError(400, "INVALID_ARGUMENT", "`query` is no text");
    }
    const facts = session === null || session === undefined ? newFacts() : tokens.verify(session);
    if (facts === undefined)
      throw new HttpError(400, "INVALID_ARGUMENT", "the session is not ours");
    onStatement?.(sql);
    const fault = faults.next(sql);
    switch (fault?.kind) {
      case "refuse":
        response.destroy();
        return;
      case "status":
        sendFault(response, fault);
        return;
      case "hold":
        response.destroy();
        faults.detach(fault.until.then(() => execute(sql, facts)));
        return;
      case "apply-and-drop":
        faults.detach(execute(sql, facts).finally(() => response.destroy()));
        return;
      case "cut":
        sendHalf(response, await execute(sql, facts));
        return;
      case "delay": {
        const delayed = sleep(fault.ms).then(() => execute(sql, facts));
        // Its client may give it up: it is done all the same.
        faults.detach(delayed);
        sendJson(response, 200, await delayed);
        return;
      }
      case "twice":
        await execute(sql, facts);
        break;
    }
    sendJson(response, 200, await execute(sql, facts, fault));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url !== EXECUTE && request.url !== CREATE_SESSION) {
      throw new HttpError(404, "NOT_FOUND", `there is no ${request.url}`);
    }
    if (request.method !== "POST") throw new HttpError(405, "UNIMPLEMENTED", "it takes a POST");
    if (!isSame(request.headers.authorization ?? "", authorization)) {
      throw new HttpError(401, "UNAUTHENTICATED", "the user or the password is wrong");
    }
    const body = await readJson(request, limits.bodyBytes);
    if (request.url === EXECUTE) {
      await answerExecute(body, response);
    } else {
      const session = tokens.sign(newFacts());
      sendJson(response, 200, { branch: "main", user: { username: user, psid: "local" }, session });
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) => fail(response, thrown));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    url: `http://${user}:${password}@${HOST}:${portOf(server.address())}`,
    faults,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await executor.close();
    },
  };
};

type Body = Readonly<Record<string, unknown>>;

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === "object" && address !== null ? address.port : 0;

const toInjected = ({ errno, message }: FaultKind & { kind: "sql-error" }) =>
  mySqlError(errno, message ?? `error ${errno}, as a test wants it`);

const sendFault = (response: ServerResponse, fault: FaultKind & { kind: "status" }): void => {
  const { status, body } = fault;
  if (body === "json") {
    sendJson(response, status, { error: { code: "UNAVAILABLE", message: "as a test wants it" } });
  } else {
    response.writeHead(status, { "Content-Type": "text/html" }).end("<h1>as a test wants it</h1>");
  }
};

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
