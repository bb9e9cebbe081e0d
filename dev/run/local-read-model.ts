/** The read model of a local service: the objects, somebody else's Redis, or a private one that looks like Upstash. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { startRedis } from "../redis/server.ts";
import { Failure } from "./flags.ts";
import type { LocalStore } from "./local-store.ts";
import type { ReadModelChoice } from "./read-model-choice.ts";

const TOKEN_BYTES = 24;

/** @throws Failure with what the user has to mend */
export const openLocalReadModel = async (choice: ReadModelChoice): Promise<LocalStore> => {
  const { readModel, url, token, state } = choice;
  if (readModel !== "redis") return objects(readModel);
  if (url !== undefined && token !== undefined) return elsewhere(url, token);
  if (url !== undefined || token !== undefined) {
    throw new Failure(
      "UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN belong together; without both a private Redis is started",
    );
  }
  try {
    return await privateRedis(state);
  } catch (cause) {
    throw new Failure(`The read model is not ready: ${cause}`);
  }
};

/** What is no known choice is left to the Worker to refuse. */
const objects = (readModel: string | undefined): LocalStore => ({
  variables: readModel === undefined ? {} : { READ_MODEL: readModel },
  description: "the objects",
  stop: async () => undefined,
});

/** Not asked whether it is there: a service answers without it too. */
const elsewhere = (url: string, token: string): LocalStore => ({
  variables: variablesOf(url, token),
  description: `Redis at ${URL.parse(url)?.origin ?? url}`,
  stop: async () => undefined,
});

/** Its token lives as long as it does, and nobody has to know it. */
const privateRedis = async (state: string): Promise<LocalStore> => {
  // Read where it is wanted: its package takes a while.
  const { startUpstashGateway } = await import("../upstash-gateway/gateway.ts");
  const server = await startRedis({ directory: join(state, "redis"), keep: "everything" });
  const { socketPath } = server;
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const gateway = await startUpstashGateway({ redis: { socketPath }, port: 0, token });
  return {
    variables: variablesOf(gateway.url, token),
    description: `Redis at ${socketPath}`,
    stop: async () => {
      await gateway.close();
      await server.stop();
    },
  };
};

const variablesOf = (url: string, token: string): Readonly<Record<string, string>> => ({
  READ_MODEL: "redis",
  UPSTASH_REDIS_REST_URL: url,
  UPSTASH_REDIS_REST_TOKEN: token,
});
