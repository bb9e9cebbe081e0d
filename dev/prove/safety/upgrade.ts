/** A request for a WebSocket by hand: `fetch` has none, and clients hide how it is refused. */
import { randomBytes } from "node:crypto";
import { type IncomingMessage, request } from "node:http";

const TIMEOUT_MS = 30_000;

/** @returns the status of the answer; a socket that opens is cut off at once */
export const upgradeStatus = (
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(url, {
    agent: false,
    headers: {
      ...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      ...headers,
    },
    timeout: TIMEOUT_MS,
  });
  const end = ({ statusCode = 0, socket }: IncomingMessage): void => {
    resolve(statusCode);
    socket.destroy();
  };
  asked.on("response", end).on("upgrade", end).on("error", reject);
  asked.on("timeout", () => asked.destroy(new Error("no answer to an upgrade")));
  asked.end();
  return promise;
};
