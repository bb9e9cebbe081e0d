/**
 * What the benchmarks of the read model stand on: a Redis of their own, the gateway that stands for Upstash's REST, the
 * adapter on workerd, and the floor. Who answers or writes is on one core, gateway, Redis and load generator on the other.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "../dev/redis/server.ts";
import type { RedisConnection } from "../src/adapters/redis/client.ts";
import { startBenchWorker } from "./bench-worker.ts";
import { type Child, startChild } from "./child.ts";
import type { PlainRedisApi } from "./plain-redis.ts";
import type { RedisGatewayApi } from "./redis-gateway.ts";
import { CLIENT_CORE, cpuMeter, pin, SERVER_CORE, type Server } from "./workerd.ts";

/** A process with a port. */
export type Measurable = Pick<Server, "port" | "cpuSeconds">;

export interface RedisSide {
  /** To the gateway, for whoever speaks Upstash's protocol. */
  readonly connection: RedisConnection;
  /** The same, as a Worker is told it. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly redis: Pick<Measurable, "cpuSeconds">;
  readonly gateway: Measurable & Pick<Child<RedisGatewayApi>, "ask">;
  readonly plain: Measurable & Pick<Child<PlainRedisApi>, "ask">;
  readonly adapter: Measurable;
}

/** @param port of the adapter's workerd; runs `work` with an empty Redis, and ends all of it whatever happens */
export const withRedis = async <T>(
  port: number,
  work: (side: RedisSide) => Promise<T>,
): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-bench-redis-"));
  const running: { stop(): Promise<void> }[] = [];
  const keep = <S extends { stop(): Promise<void> }>(started: S): S => {
    running.unshift(started);
    return started;
  };
  try {
    const redis = keep(await startRedis({ directory: join(directory, "redis"), keep: "nothing" }));
    pin(redis.pid, CLIENT_CORE);
    const gateway = keep(startChild<RedisGatewayApi>("redis-gateway.ts", CLIENT_CORE));
    const connection = await gateway.ask("listen", redis.socketPath);
    const { url, token } = connection;
    const secrets = { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token };
    const plain = keep(startChild<PlainRedisApi>("plain-redis.ts", SERVER_CORE));
    const plainPort = await plain.ask("listen", redis.socketPath);
    const adapter = keep(
      await startBenchWorker({
        ...{ file: "redis-client.ts", directory: join(directory, "adapter") },
        ...{ port, core: SERVER_CORE, secrets },
      }),
    );
    return await work({
      connection,
      secrets,
      redis: { cpuSeconds: cpuMeter(redis.pid) },
      gateway: { ...gateway, port: Number(new URL(url).port), cpuSeconds: cpuMeter(gateway.pid) },
      plain: { ...plain, port: plainPort, cpuSeconds: cpuMeter(plain.pid) },
      adapter,
    });
  } finally {
    for (const it of running) await it.stop();
    rmSync(directory, { recursive: true });
  }
};
