import { type Pipeline, Redis } from "@upstash/redis/cloudflare";
import { ReadModelError } from "../../ports/read-model.ts";
import { codeOf, explainRedis } from "./explain.ts";

export interface RedisConnection {
  readonly url: string;
  readonly token: string;
}

/** Adds itself to a pipeline. */
export type RedisCommand = (pipeline: Pipeline) => unknown;

/** What became of one command; `code` is Redis' own word for what is wrong. */
export type RedisAnswer =
  | { readonly status: "done"; readonly value: unknown }
  | { readonly status: "refused"; readonly code: string };

export interface RedisClient {
  /**
   * One HTTP call. Other calls may come between its commands.
   * @returns an answer for each command
   * @throws ReadModelError when there is none, or none in time; some commands may be done then
   */
  send(commands: readonly RedisCommand[]): Promise<readonly RedisAnswer[]>;
}

/** Nothing is connected before the first call. */
export const redisClient = ({ url, token }: RedisConnection, timeoutMs: number): RedisClient => {
  const redis = new Redis({
    url,
    token,
    // What was applied and not answered would be applied again: who asks decides whether to ask again.
    retry: { retries: 0 },
    // As a function: a signal given as a value is turned into an answer with status 200.
    signal: () => AbortSignal.timeout(timeoutMs),
    // Ids that look like numbers stay texts.
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
  });
  return {
    async send(commands) {
      const pipeline = redis.pipeline();
      for (const command of commands) command(pipeline);
      let items: readonly unknown[];
      try {
        items = await pipeline.exec({ keepErrors: true });
      } catch (thrown) {
        throw explainRedis(thrown, timeoutMs);
      }
      const answers = items.flatMap(asAnswer);
      if (answers.length === commands.length) return answers;
      throw new ReadModelError("Redis: not an answer for each command");
    },
  };
};

const asAnswer = (item: unknown): readonly RedisAnswer[] => {
  const { error, result } = item as { readonly error?: unknown; readonly result?: unknown };
  if (error) return [{ status: "refused", code: codeOf(`${error}`) }];
  return result === undefined ? [] : [{ status: "done", value: result }];
};

/** @throws ReadModelError when the command was refused */
export const demandDone = (answer: RedisAnswer | undefined): unknown => {
  if (answer?.status === "done") return answer.value;
  throw new ReadModelError(`Redis refused: ${answer?.code ?? "nothing was answered"}`);
};
