/**
 * A service for who attacks it: a process of its own, as `npm start` runs it. On MySQL and Redis of its own it speaks to
 * them through gateways of ours, which count its calls and can be told to fail.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { toBase64Url } from "../../../src/protocol/base64url.ts";
import type { MySqlAddress } from "../../mysql/address.ts";
import { privateAddress, startPrivate } from "../../mysql/private.ts";
import { startGateway } from "../../planetscale-gateway/gateway.ts";
import { connectRedis } from "../../redis/connect.ts";
import { startRedis } from "../../redis/server.ts";
import { ensureSecrets, readVariables } from "../../run/secrets.ts";
import { type Service, type ServiceOptions, startService } from "../../service.ts";
import { startUpstashGateway } from "../../upstash-gateway/gateway.ts";
import type { SafetyStores } from "./stores.ts";

/** Database and read model. */
export const STORES_CHOICES = ["d1-objects", "d1-redis", "mysql-objects", "mysql-redis"] as const;

export type StoresChoice = (typeof STORES_CHOICES)[number];

export interface SafetyOptions {
  /** Directory of the state, the secrets and the databases. */
  readonly state: string;
  readonly stores: StoresChoice;
  /** Of the service, over those of `wrangler.toml`. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface SafetyService {
  /** Without a slash at its end. */
  readonly url: string;
  readonly adminKey: string;
  /** As the variables have them: the first key seals. */
  readonly tokenKeys: string;
  readonly ticketKeys: string;
  readonly shards: string;
  /** All of them: those of `wrangler.toml`, and its own over them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Directory of all it writes: `v3` of the objects, R2 and D1, `beside` of MySQL, `redis-beside` of Redis. */
  readonly state: string;
  /** Everything it has printed. */
  output(): string;
  /** Process id of its runtime. */
  runtimePid(): number | undefined;
  /** Absent where it is on D1 and its objects alone. */
  readonly stores: SafetyStores | undefined;
  /** Ends the service alone, its databases are still there to be searched; once, however often it is called. */
  stop(): Promise<void>;
  /** Everything. */
  close(): Promise<void>;
}

/** All of them, so that proofs can look for them. */
const DATABASE_USER = "prover";
const DATABASE_PASSWORD = "pscale_pw_of_the_proof";
const REDIS_TOKEN = "redis-token-of-the-proof";

export const startSafetyService = async (options: SafetyOptions): Promise<SafetyService> => {
  const { state, variables = {} } = options;
  const secrets = join(state, ".dev.vars");
  ensureSecrets(secrets);
  const secret = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  const own = { TICKET_KEYS: `site1:${secret}`, ...variables };
  const lines = Object.entries(own).map(([name, value]) => `${name}="${value}"\n`);
  appendFileSync(secrets, lines.join(""));
  const running = options.stores === "d1-objects" ? undefined : await startStores(options.state);
  const start = { state, secrets, port: 0, ...chosen(options.stores, running?.start) };
  const service = await startService(start).catch(async (cause: unknown) => {
    await running?.close();
    throw cause;
  });
  const known = readVariables(secrets);
  const { TOKEN_KEYS = "", TALLY_SHARDS = "", ADMIN_KEY = "" } = known;
  const stop = () => end(service);
  return {
    ...{ url: service.url, adminKey: ADMIN_KEY, tokenKeys: TOKEN_KEYS, shards: TALLY_SHARDS },
    ...{ ticketKeys: own.TICKET_KEYS, variables: known, state, stores: running?.stores, stop },
    output: service.output,
    runtimePid: service.runtimePid,
    close: async () => {
      await stop();
      await running?.close();
    },
  };
};

/** With one of them both are there, so that who looks at them need not ask. */
const chosen = (choice: StoresChoice, { databaseUrl, redis }: StoresStart = {}): StoresStart => ({
  ...(choice.startsWith("mysql") && databaseUrl !== undefined && { databaseUrl }),
  ...(choice.endsWith("redis") && redis !== undefined && { redis }),
});

const end = async (service: Service): Promise<void> => {
  service.signal("SIGTERM");
  await service.exited;
};

type StoresStart = Pick<ServiceOptions, "databaseUrl" | "redis">;

interface RunningStores {
  readonly stores: SafetyStores;
  readonly start: StoresStart;
  close(): Promise<void>;
}

const startStores = async (state: string): Promise<RunningStores> => {
  const beside = join(state, "beside");
  const [database, redis] = await Promise.all([
    startPrivate(beside),
    startRedis({ directory: join(state, "redis-beside"), keep: "everything" }),
  ]);
  const mysql: MySqlAddress = privateAddress(beside);
  const { socketPath } = redis;
  const calls = { database: 0, readModel: 0 };
  const databaseGateway = await startGateway({
    ...{ mysql, port: 0, user: DATABASE_USER, password: DATABASE_PASSWORD },
    onStatement: () => {
      calls.database += 1;
    },
  });
  const readModelGateway = await startUpstashGateway({
    ...{ redis: { socketPath }, port: 0, token: REDIS_TOKEN },
    onRequest: () => {
      calls.readModel += 1;
    },
  });
  return {
    stores: {
      ...{ mysql, redisSocket: socketPath },
      database: { faults: databaseGateway.faults, password: DATABASE_PASSWORD },
      readModel: { faults: readModelGateway.faults, token: REDIS_TOKEN },
      calls: () => ({ ...calls }),
      withRedis: async (work) => {
        const client = await connectRedis(socketPath);
        try {
          return await work((...words) => client.sendCommand(words));
        } finally {
          client.destroy();
        }
      },
    },
    start: {
      databaseUrl: databaseGateway.url,
      redis: { url: readModelGateway.url, token: REDIS_TOKEN },
    },
    close: async () => {
      await Promise.all([databaseGateway.close(), readModelGateway.close()]);
      await Promise.all([database.stop(), redis.kill()]);
    },
  };
};
