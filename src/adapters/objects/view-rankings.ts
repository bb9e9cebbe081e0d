import { READ_TIMEOUT_MS } from "../../core/limits.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import type { ViewRankings } from "../../ports/view-rankings.ts";
import type { ViewRankingsRpc } from "../../protocol/rankings-rpc.ts";
import type { Stubs } from "./stubs.ts";

/** There is one. */
const NAME = "rankings:views";

export const objectViewRankings = (stubs: Stubs<ViewRankingsRpc>, timers: Timers): ViewRankings => {
  const ask = <T>(call: (rankings: ViewRankingsRpc) => Promise<T>): Promise<T> =>
    demandWithin(call(stubs.getByName(NAME)), READ_TIMEOUT_MS, NAME, timers);
  return {
    publish: (slots) => ask((rankings) => rankings.publish(slots)),
    setPeriods: (periods) => ask((rankings) => rankings.setPeriods(periods)),
    views: (window, limit, category) => ask((rankings) => rankings.views(window, limit, category)),
  };
};
