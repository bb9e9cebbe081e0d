import { DurableObject } from "cloudflare:workers";
import type { ViewRankings as MostViewed } from "../src/app/views/view-rankings.ts";
import { composeViewRankings } from "../src/compose-objects.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type {
  PeriodRanking,
  RankingWindow,
  ShardSlots,
  ViewRanking,
  ViewRankingsRpc,
} from "../src/protocol/rankings-rpc.ts";
import { objectContext } from "./object-context.ts";

/** The one object `rankings:views`: see `src/app/views/view-rankings.ts`. */
export class ViewRankings extends DurableObject<UncheckedEnv> implements ViewRankingsRpc {
  readonly #rankings: MostViewed;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#rankings = composeViewRankings(objectContext(ctx), env);
  }

  async publish(slots: ShardSlots): Promise<void> {
    this.#rankings.publish(slots);
  }

  async setPeriods(rankings: readonly PeriodRanking[]): Promise<void> {
    this.#rankings.setPeriods(rankings);
  }

  async views(
    window: RankingWindow,
    limit: number,
    category?: string,
  ): Promise<ViewRanking | undefined> {
    return this.#rankings.views(window, limit, category);
  }
}
