/** A Redis of its own for a test: a logical database on that of the set-up, or a server; and a gateway over it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { inject } from "vitest";
import { type RedisServer, startRedis } from "../../dev/redis/server.ts";
import type { RedisAddress } from "../../dev/upstash-gateway/backend.ts";
import {
  startUpstashGateway,
  type UpstashGateway,
  type UpstashGatewayOptions,
} from "../../dev/upstash-gateway/gateway.ts";

export interface FreshRedis {
  readonly address: Required<RedisAddress>;
  /** Past any gateway: in the words of Redis, as text. */
  command(...words: readonly string[]): Promise<unknown>;
  /** FLUSHDB: for this database what FLUSHALL is for a server. */
  flush(): Promise<void>;
  /** Leaves it empty. */
  drop(): Promise<void>;
}

/** For `describe.skipIf`. */
export const NO_REDIS = inject("redisSocket") === "";

/** Of the set-up's server: where the numbers of databases come from. The next is that of the tests in workerd. */
const COUNTER_DATABASE = 0;
const FIRST_FRESH = 2;

/** Nobody else sees it. FLUSHALL, which would empty those of all others, is an error: for that there is `ownRedis`. */
export const freshRedis = async (): Promise<FreshRedis> => {
  const socketPath = inject("redisSocket");
  const counter = await open({ socketPath, database: COUNTER_DATABASE });
  const taken = await counter.incr("databases taken");
  counter.destroy();
  const address = { socketPath, database: FIRST_FRESH + taken - 1 };
  const client = await open(address);
  const flush = async (): Promise<void> => {
    await client.sendCommand(["FLUSHDB"]);
  };
  return {
    address,
    command: (...words) => client.sendCommand(words),
    flush,
    drop: async () => {
      await flush();
      client.destroy();
    },
  };
};

export interface OwnRedis {
  readonly address: RedisAddress;
  /** The one that runs, or ran last. */
  readonly server: RedisServer;
  /** Again, after its end: on the same socket, with nothing in it. */
  start(): Promise<void>;
  /** With all it had. */
  drop(): Promise<void>;
}

/** A server that a test may stop, kill, hang and empty. */
export const ownRedis = async (): Promise<OwnRedis> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-own-redis-"));
  let server = await startRedis({ directory, keep: "nothing" });
  return {
    address: { socketPath: server.socketPath },
    get server() {
      return server;
    },
    start: async () => {
      server = await startRedis({ directory, keep: "nothing" });
    },
    drop: async () => {
      await server.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

export interface FreshUpstash extends UpstashGateway {
  readonly redis: FreshRedis;
  /** Also empties its database. */
  close(): Promise<void>;
}

/** A gateway over a database that nobody else has. */
export const freshUpstash = async (
  options: Partial<Omit<UpstashGatewayOptions, "redis">> = {},
): Promise<FreshUpstash> => {
  const redis = await freshRedis();
  const gateway = await startUpstashGateway({
    ...{ port: 0, token: "token-of-a-test", redis: redis.address },
    ...options,
  });
  return {
    ...gateway,
    redis,
    close: async () => {
      await gateway.close();
      await redis.drop();
    },
  };
};

const open = async ({ socketPath, database }: Required<RedisAddress>) => {
  const client = createClient({
    RESP: 2,
    database,
    disableClientInfo: true,
    maintNotifications: "disabled",
    socket: { path: socketPath, tls: false, reconnectStrategy: false },
  });
  // Whoever sent a command hears of it.
  client.on("error", () => undefined);
  return await client.connect();
};
