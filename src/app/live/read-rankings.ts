import {
  LIVE_MAX_AGE_SECONDS,
  LIVE_STALE_MS,
  RANKING_MAX_STREAMS,
  READ_MODEL_TIMEOUT_MS,
  READ_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { ReadModel } from "../../ports/read-model.ts";
import type { LiveNumbers, LiveRanking } from "../../protocol/room-rpc.ts";
import type { Step } from "../descend.ts";
import { ListLadder, type Shown, type ToldList } from "../list-ladder.ts";
import type { ReadSavedDeps } from "../read-saved.ts";
import { savedRanking } from "./saved-streams.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface ReadRankingsDeps extends ReadSavedDeps {
  /** Absent where nobody publishes and the objects answer readers themselves. */
  readonly published?: Pick<ReadModel, "live"> | undefined;
  readonly objects: Pick<ReadModel, "live">;
  readonly registry: Pick<StreamRegistry, "findAll">;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RankedLive
  extends Pick<
    LiveNumbers,
    "stream" | "status" | "category" | "broadcaster" | "viewers" | "peak" | "startedAt"
  > {
  readonly title: string;
}

type Asked = "readmodel" | "rankings" | "database";

export type Ranking =
  | {
      readonly asOf: number;
      readonly source: "memo" | Asked;
      /** Nothing newer could be had, or a stream may be missing. */
      readonly stale?: true;
      readonly streams: readonly RankedLive[];
    }
  /** No list that may be shown could be had now. */
  | { readonly status: "aggregating"; readonly streams: readonly [] };

export interface RankingRead {
  readonly ranking: Ranking;
  /** How long the answer may be cached, s; 0 when something better may be had at once. */
  readonly maxAgeSeconds: number;
}

/** To who wants the list that is, or none. */
export type StrongRankingRead =
  | ({ readonly status: "read" } & RankingRead)
  /** Whether a stream in it is public cannot be known now. */
  | { readonly status: "no-registry" }
  | { readonly status: "no-list" };

interface List {
  readonly asOf: number;
  readonly streams: readonly RankedLive[];
}

/**
 * The list of live streams as readers get it, down a ladder: from memory for a second, from the read model where there
 * is one, from the list itself, and when that does not answer from the database or from memory. @see ListLadder
 */
export class RankingsReader {
  readonly #deps: ReadRankingsDeps;
  readonly #ladder: ListLadder<LiveRanking, List, Asked>;

  constructor(deps: ReadRankingsDeps) {
    this.#deps = deps;
    this.#ladder = new ListLadder({
      ...{ clock: deps.clock, timers: deps.timers, log: deps.log },
      timeoutMs: LADDER_TIMEOUT_MS,
      event: "rankings.rung-failed",
      show: (ranking) => this.#introduce(ranking),
      // Nothing older than a minute is shown as if it were live.
      mayBeTold: ({ asOf }, now) => now - asOf < LIVE_STALE_MS,
    });
  }

  /** @param category all of them when absent */
  async read(limit: number, category?: string): Promise<RankingRead> {
    const { published } = this.#deps;
    const steps = [this.#rankings(category)];
    if (published !== undefined) {
      const ask = () => published.live(RANKING_MAX_STREAMS, category);
      steps.unshift({ source: "readmodel", ask });
    }
    const told = await this.#ladder.read(category ?? ALL, {
      now: steps,
      saved: {
        source: "database",
        ask: () => savedRanking(this.#deps, RANKING_MAX_STREAMS, category),
      },
    });
    if (told !== undefined) return answerOf(told, limit);
    return { ranking: { status: "aggregating", streams: [] }, maxAgeSeconds: 0 };
  }

  /** Tells the list that is, or none. */
  async readStrong(limit: number, category?: string): Promise<StrongRankingRead> {
    const asked = await this.#ladder.ask(category ?? ALL, [this.#rankings(category)]);
    if (asked.status !== "told") return { status: "no-list" };
    if (asked.told.stale) return { status: "no-registry" };
    return { status: "read", ...answerOf(asked.told, limit) };
  }

  /** As many as anybody may ask for, so that readers of any limit share them. */
  #rankings(category?: string): Step<LiveRanking, Asked> {
    const { objects } = this.#deps;
    return { source: "rankings", ask: () => objects.live(RANKING_MAX_STREAMS, category) };
  }

  /** Private streams are not listed; nor is one of which that cannot be known. */
  async #introduce({ asOf, streams }: LiveRanking): Promise<Shown<List>> {
    const ids = streams.map(({ stream }) => stream);
    const found = await this.#deps.registry.findAll(ids);
    const ranked = streams.flatMap(
      ({ stream, status, category, broadcaster, viewers, peak, startedAt }): RankedLive[] => {
        const known = found.get(stream)?.row;
        if (known?.visibility !== "public") return [];
        const { title } = known;
        return [{ stream, title, status, category, broadcaster, viewers, peak, startedAt }];
      },
    );
    return { list: { asOf, streams: ranked }, stale: ids.some((id) => !found.has(id)) };
  }
}

/** No category's id. */
const ALL = "";

/** One after the other, each given up in its time: read model, list, database, and what the registry says of them. */
const LADDER_TIMEOUT_MS = READ_MODEL_TIMEOUT_MS + 3 * READ_TIMEOUT_MS;

const answerOf = (
  { list: { asOf, streams }, source, stale }: ToldList<List, Asked>,
  limit: number,
): RankingRead => ({
  ranking: {
    asOf,
    source,
    ...(stale && { stale: true }),
    streams: streams.slice(0, limit),
  },
  maxAgeSeconds: stale ? 0 : LIVE_MAX_AGE_SECONDS,
});
