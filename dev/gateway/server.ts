/** The HTTP server of a gateway: on this machine alone, and never without an answer because of a mistake of ours. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpError } from "./http.ts";

export interface GatewayServer {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** Whoever waits for an answer is cut off. */
  close(): void;
}

export interface GatewayRoutes {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** In the words of the protocol. */
  sendError(response: ServerResponse, error: HttpError): void;
}

const HOST = "127.0.0.1";

/** Longer than clients keep theirs: what is sent into a connection that we close is lost, or done unheard. */
const KEEP_ALIVE_MS = 65_000;

/** @param port 0 takes a free one. @throws what `listen` throws, as for a port in use */
export const startServer = async (port: number, routes: GatewayRoutes): Promise<GatewayServer> => {
  const server = createServer((request, response) => {
    routes
      .answer(request, response)
      .catch((thrown: unknown) => fail(response, thrown, routes.sendError));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    host: `${HOST}:${portOf(server.address())}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === "object" && address !== null ? address.port : 0;

const fail = (
  response: ServerResponse,
  thrown: unknown,
  sendError: GatewayRoutes["sendError"],
): void => {
  // The client left, or has half an answer.
  if (response.socket === null || response.socket.destroyed || response.headersSent) {
    response.destroy();
  } else if (thrown instanceof HttpError) {
    sendError(response, thrown);
  } else {
    console.error(`the gateway failed: ${describe(thrown)}`);
    sendError(response, new HttpError(500, "INTERNAL", "the gateway failed"));
  }
};

/** What it was and where; its words are left out, which may quote a statement with all its values. */
const describe = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return typeof thrown;
  const places = (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const code = "code" in thrown ? ` (${thrown.code})` : "";
  return [`${thrown.name}${code}`, ...places].join("\n");
};
