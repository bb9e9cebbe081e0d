/** The gateway to Redis in a process of its own, which tells how much was sent to it. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { startUpstashGateway } from "../dev/upstash-gateway/gateway.ts";
import type { RedisConnection } from "../src/adapters/redis/client.ts";
import { answerParent } from "./child.ts";

export interface Traffic {
  readonly calls: number;
  /** Of bodies, without headers. */
  readonly bytes: number;
}

const api = {
  async listen(socketPath: string): Promise<RedisConnection> {
    const options = { redis: { socketPath }, port: 0, token: "of-the-benchmark" };
    const { url, token } = await startUpstashGateway(options);
    return { url, token };
  },
  /** Up to now. */
  traffic: (): Traffic => ({ calls, bytes }),
};

export type RedisGatewayApi = typeof api;

let calls = 0;
let bytes = 0;

subscribe("http.server.request.start", (message) => {
  const { request } = message as { readonly request: IncomingMessage };
  calls += 1;
  bytes += Number(request.headers["content-length"]);
});

answerParent(api);
