/** Commands that make no sense where every request is alone, and those that are about the server. */
import type { Command } from "./backend.ts";

const words = (text: string): readonly string[] => text.split(" ");

/** They change, or use, what a connection remembers; ours is everybody's. */
const OF_A_CONNECTION =
  "AUTH HELLO SELECT CLIENT RESET QUIT WATCH UNWATCH MULTI EXEC DISCARD ASKING READONLY READWRITE";

/** They answer more than once, or not to one request. */
const WITHOUT_AN_END =
  "SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE MONITOR SYNC PSYNC REPLCONF";

/** They wait, and everybody behind them. */
const BLOCKING = "BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF";

/** They are the owner's, who has the socket. */
const OF_THE_SERVER =
  "SHUTDOWN CONFIG DEBUG REPLICAOF SLAVEOF FAILOVER CLUSTER MODULE ACL SAVE BGSAVE BGREWRITEAOF SWAPDB MIGRATE RESTORE-ASKING PFDEBUG";

const REASONS: ReadonlyMap<string, string> = new Map(
  [
    { names: OF_A_CONNECTION, reason: "requests share no connection" },
    { names: WITHOUT_AN_END, reason: "a request has one answer" },
    { names: BLOCKING, reason: "a request does not wait" },
    { names: OF_THE_SERVER, reason: "the server is not the client's" },
  ].flatMap(({ names, reason }) => words(names).map((name) => [name, reason] as const)),
);

/** They wait only when told so. */
const MAY_BLOCK: ReadonlySet<string> = new Set(["XREAD", "XREADGROUP"]);

/** @returns an error in Redis' words; undefined when Redis may see it */
export const refusalOf = (command: Command): string | undefined => {
  const [name = "", ...rest] = command.map(String);
  const upper = name.toUpperCase();
  const reason = REASONS.get(upper) ?? (MAY_BLOCK.has(upper) ? blockedBy(rest) : undefined);
  return reason && `ERR Command is not available: '${name}' (${reason})`;
};

/** After `STREAMS` come keys, which may be called anything. */
const blockedBy = (args: readonly string[]): string | undefined => {
  const options = args.map((arg) => arg.toUpperCase());
  const end = options.indexOf("STREAMS");
  const isBlocking = options.slice(0, end === -1 ? undefined : end).includes("BLOCK");
  return isBlocking ? "a request does not wait" : undefined;
};
