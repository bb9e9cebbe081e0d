/** The service with its numbers in a Redis of its own, through the protocol of Upstash: that Redis can be killed, come back and be emptied. */
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { connectRedis } from "../../redis/connect.ts";
import { type RedisServer, startRedis } from "../../redis/server.ts";
import { type Service, startService } from "../../service.ts";
import type { CallsSummary } from "./calls.ts";
import { startGatewayThread } from "./gateway-thread.ts";

export interface RedisServiceOptions {
  /** Directory of the state, and of Redis beside it. */
  readonly state: string;
  /** Is told which database there is. */
  readonly secrets: string;
  readonly database: "d1" | "mysql";
}

export interface RedisService {
  readonly service: Service;
  /** What Redis was asked to do since the last time. */
  takeCalls(): Promise<CallsSummary>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** After a kill. */
  restart(having: "what it had" | "nothing"): Promise<void>;
  /** Past the service: what Redis itself says. */
  withRedis<Result>(work: (send: SendCommand) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export type SendCommand = (...words: readonly string[]) => Promise<unknown>;

const TOKEN = "token-of-the-proof";

/** Where Redis keeps its log of writes. */
const LOG = "appendonlydir";

export const startRedisService = async (options: RedisServiceOptions): Promise<RedisService> => {
  const { state, secrets, database } = options;
  const directory = join(state, "redis-beside");
  const start = () => startRedis({ directory, keep: "everything" });
  let server: RedisServer = await start();
  const { socketPath } = server;
  const gateway = await startGatewayThread({ socketPath, token: TOKEN });
  // All of the load comes from one network.
  appendFileSync(secrets, `DATABASE="${database}"\nLIMITS="off"\n`);
  const stopRedis = async (): Promise<void> => {
    await gateway.close();
    await server.kill();
  };
  const redis = { url: gateway.url, token: TOKEN };
  const service = await startService({ state, secrets, port: 0, redis }).catch(
    async (cause: unknown) => {
      await stopRedis();
      throw cause;
    },
  );
  return {
    service,
    takeCalls: gateway.takeCalls,
    kill: () => server.kill(),
    restart: async (having) => {
      if (having === "nothing") rmSync(join(directory, LOG), { recursive: true });
      server = await start();
    },
    withRedis: (work) => withRedis(socketPath, work),
    close: async () => {
      service.signal("SIGTERM");
      await service.exited;
      await stopRedis();
    },
  };
};

const withRedis: <Result>(
  path: string,
  work: (send: SendCommand) => Promise<Result>,
) => Promise<Result> = async (path, work) => {
  const client = await connectRedis(path);
  try {
    return await work((...words) => client.sendCommand(words));
  } finally {
    client.destroy();
  }
};
