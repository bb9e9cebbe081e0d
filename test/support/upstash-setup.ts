/** Set-up of the tests of the Redis adapter in workerd: a gateway that speaks to a database of its own. */
import type { TestProject } from "vitest/node";
import { startUpstashGateway } from "../../dev/upstash-gateway/gateway.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** As `UPSTASH_REDIS_REST_URL` takes it; empty where there is no Redis. Its database is that of all these tests. */
    redisUrl: string;
    redisToken: string;
  }
}

/** Of a database that `freshRedis` gives nobody. */
const DATABASE = 1;

export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const { redisSocket: socketPath } = project.getProvidedContext();
  if (socketPath === "") {
    project.provide("redisUrl", "");
    project.provide("redisToken", "");
    return undefined;
  }
  const gateway = await startUpstashGateway({
    redis: { socketPath, database: DATABASE },
    port: 0,
    token: "of-the-tests",
  });
  project.provide("redisUrl", gateway.url);
  project.provide("redisToken", gateway.token);
  return gateway.close;
};
