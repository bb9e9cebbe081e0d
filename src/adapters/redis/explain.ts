/** What Redis' errors mean. The driver puts the whole command into its messages, so none of their words is told. */
import { errors } from "@upstash/redis/cloudflare";
import { ReadModelError } from "../../ports/read-model.ts";

/** First words of errors, of Redis and of Upstash: who is told anything else could be told a key. */
const CODES: ReadonlySet<string> = new Set([
  "BUSY",
  "CROSSSLOT",
  "ERR",
  "LOADING",
  "MISCONF",
  "NOAUTH",
  "NOPERM",
  "NOSCRIPT",
  "OOM",
  "READONLY",
  "WRONGPASS",
  "WRONGTYPE",
]);

/** @param text an error as Redis says it */
export const codeOf = (text: string): string => {
  const [word = ""] = text.split(" ", 1);
  return CODES.has(word) ? word : "an error";
};

/** @param thrown by the driver @param timeoutMs of the call */
export const explainRedis = (thrown: unknown, timeoutMs: number): ReadModelError => {
  if (thrown instanceof errors.UpstashJSONParseError) {
    return new ReadModelError("Redis: the answer is not JSON");
  }
  if (thrown instanceof errors.UpstashError) {
    return new ReadModelError(`Redis refused: ${codeOf(thrown.message)}`);
  }
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  if (name === "TimeoutError") {
    return new ReadModelError(`Redis did not answer within ${timeoutMs} ms`);
  }
  // A connection refused or cut, or an answer of another shape than Redis'.
  return new ReadModelError(`Redis: no answer (${name})`);
};
