import { FLUSH_TIMEOUT_MS, READ_TIMEOUT_MS } from "../../core/limits.ts";
import type { Rankings } from "../../ports/rankings.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import type { RankingsRpc } from "../../protocol/room-rpc.ts";
import type { Stubs } from "./stubs.ts";

/** There is one. */
const NAME = "rankings";

export const objectRankings = (stubs: Stubs<RankingsRpc>, timers: Timers): Rankings => {
  const ask = <T>(timeoutMs: number, call: (rankings: RankingsRpc) => Promise<T>): Promise<T> =>
    demandWithin(call(stubs.getByName(NAME)), timeoutMs, NAME, timers);
  return {
    publish: (entry) => ask(READ_TIMEOUT_MS, (rankings) => rankings.publish(entry)),
    live: (limit, category) => ask(READ_TIMEOUT_MS, (rankings) => rankings.live(limit, category)),
    flush: () => ask(FLUSH_TIMEOUT_MS, (rankings) => rankings.flush()),
  };
};
