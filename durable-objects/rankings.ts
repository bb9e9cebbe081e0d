import { DurableObject } from "cloudflare:workers";
import type { LiveRankings } from "../src/app/live/rankings.ts";
import { composeRankings } from "../src/compose-objects.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type {
  ListFlushed,
  LiveEntry,
  LiveRanking,
  PublishAnswer,
  RankingsRpc,
} from "../src/protocol/room-rpc.ts";
import { objectContext } from "./object-context.ts";

/** The one object `rankings`: see `src/app/live/rankings.ts`. */
export class Rankings extends DurableObject<UncheckedEnv> implements RankingsRpc {
  readonly #rankings: LiveRankings;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#rankings = composeRankings(objectContext(ctx), env);
  }

  async publish(entry: LiveEntry): Promise<PublishAnswer> {
    return this.#rankings.publish(entry);
  }

  async live(limit: number, category?: string): Promise<LiveRanking> {
    return this.#rankings.live(limit, category);
  }

  flush(): Promise<ListFlushed> {
    return this.#rankings.flush();
  }

  override alarm(): void {
    this.#rankings.alarm();
  }
}
