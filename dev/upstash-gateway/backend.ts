/** Redis behind the gateway: commands in, replies as they came, and an error at once where there is no Redis. */
import { createClient, ErrorReply, RESP_TYPES } from "@redis/client";
import { HttpError } from "../gateway/http.ts";
import type { Limits } from "./limits.ts";

export interface RedisAddress {
  readonly socketPath: string;
  /** 0 unless it says so. */
  readonly database?: number;
}

/** Name and arguments; bytes where they came as bytes. */
export type Command = readonly (string | Buffer)[];

/** Bulk strings are bytes, simple strings are text. An error inside of an array is a value of it. */
export type Reply = null | number | string | Buffer | ErrorReply | readonly Reply[];

export interface Backend {
  /**
   * Sent one after another, with nobody else's in between.
   * @returns a reply of each: one's error is no matter of the others
   * @throws HttpError 503 when Redis is not to be had, or went away before all was answered
   */
  run(commands: readonly Command[]): Promise<readonly Reply[]>;
  close(): void;
}

const AWAY = "ERR the gateway has no Redis: it does not run, or does not answer";

/**
 * One connection, made when it is wanted: nothing waits in a queue for a Redis that is away, and the first request after
 * it is back finds it.
 */
export const createBackend = (redis: RedisAddress, limits: Limits): Backend => {
  let current: Promise<Client> | undefined;
  let closed = false;

  const connect = async (): Promise<Client> => {
    if (closed) throw new Error("the gateway is closed");
    const client = makeClient(redis, limits);
    // Every command that was sent hears of it.
    client.on("error", () => undefined);
    const forget = () => {
      if (current === connection) current = undefined;
    };
    client.once("terminated", forget);
    const connection = inTime(client.connect(), limits.connectMs).then(() => client);
    current = connection;
    connection.catch(() => {
      forget();
      destroy(client);
    });
    return connection;
  };

  return {
    run: async (commands) => {
      try {
        const client = await (current ?? connect());
        // All at once, so that nobody's commands come in between.
        const replies = commands.map((command) => send(client, command));
        return await inTime(Promise.all(replies), limits.answerMs, () => {
          current = undefined;
          destroy(client);
        });
      } catch {
        throw new HttpError(503, "UNAVAILABLE", AWAY);
      }
    },
    close: () => {
      closed = true;
      current?.then(destroy, () => undefined);
    },
  };
};

type Client = ReturnType<typeof makeClient>;

const makeClient = ({ socketPath, database = 0 }: RedisAddress, { connectMs }: Limits) =>
  createClient({
    RESP: 2,
    database,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    // Ours is about the whole request.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: { path: socketPath, tls: false, connectTimeout: connectMs, reconnectStrategy: false },
  });

const send = async (client: Client, command: Command): Promise<Reply> => {
  try {
    return await client.sendCommand<Reply>(command);
  } catch (thrown) {
    if (thrown instanceof ErrorReply) return thrown;
    throw thrown;
  }
};

const destroy = (client: Client): void => {
  if (client.isOpen) client.destroy();
};

const inTime = async <T>(work: Promise<T>, ms: number, tooLate?: () => void): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no answer in ${ms} ms`));
    tooLate?.();
  }, ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};
