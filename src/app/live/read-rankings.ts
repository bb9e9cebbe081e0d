import {
  LIVE_MAX_AGE_SECONDS,
  LIVE_STALE_MS,
  MEMO_MAX_ENTRIES,
  RANKING_MAX_STREAMS,
  RANKING_MEMO_MS,
  READ_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Rankings } from "../../ports/rankings.ts";
import type { Timers } from "../../ports/timers.ts";
import type { LiveNumbers, LiveRanking } from "../../protocol/room-rpc.ts";
import { BoundedMap } from "../bounded-map.ts";
import { SharedFlights } from "../shared-flights.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface ReadRankingsDeps {
  readonly rankings: Pick<Rankings, "live">;
  readonly registry: Pick<StreamRegistry, "findAll">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export interface RankedLive
  extends Pick<
    LiveNumbers,
    "stream" | "status" | "category" | "broadcaster" | "viewers" | "peak" | "startedAt"
  > {
  readonly title: string;
}

export type Ranking =
  | {
      readonly asOf: number;
      readonly source: "memo" | "rankings";
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

interface Listed {
  readonly asOf: number;
  readonly streams: readonly RankedLive[];
  /** A stream may be missing because the registry did not say whether it is public. */
  readonly incomplete: boolean;
}

/** The list of live streams as readers get it, remembered in the isolate for a second; one question at a time for each category. */
export class RankingsReader {
  readonly #deps: ReadRankingsDeps;
  readonly #memo = new BoundedMap<string, Listed & { readonly readAt: number }>(MEMO_MAX_ENTRIES);
  readonly #flights: SharedFlights<string, Listed>;

  constructor(deps: ReadRankingsDeps) {
    this.#deps = deps;
    // Two steps, each with its timeout: the list, and what the registry says of it.
    this.#flights = new SharedFlights({ ...deps, timeoutMs: 2 * READ_TIMEOUT_MS });
  }

  /** @param category all of them when absent */
  async read(limit: number, category?: string): Promise<RankingRead> {
    const { clock } = this.#deps;
    const key = category ?? ALL;
    const known = this.#memo.get(key);
    if (known !== undefined && clock.now() - known.readAt < RANKING_MEMO_MS) {
      return told(known, limit, "memo");
    }
    const asked = await this.#flights.get([key], () => this.#fetch(key, category));
    const fetched = asked.get(key);
    if (fetched !== undefined) return told(fetched, limit, "rankings");
    const last = this.#memo.get(key);
    if (last === undefined || clock.now() - last.asOf >= LIVE_STALE_MS) {
      return { ranking: { status: "aggregating", streams: [] }, maxAgeSeconds: 0 };
    }
    return told({ ...last, incomplete: true }, limit, "memo");
  }

  async #fetch(key: string, category?: string): Promise<ReadonlyMap<string, Listed>> {
    const { rankings, clock, log } = this.#deps;
    try {
      // As many as anybody may ask for, so that readers of any limit share them.
      const listed = await this.#introduce(await rankings.live(RANKING_MAX_STREAMS, category));
      this.#memo.set(key, { ...listed, readAt: clock.now() });
      return new Map([[key, listed]]);
    } catch (cause) {
      log.error("rankings.unreachable", { cause: `${cause}` });
      return new Map();
    }
  }

  /** Private streams are not listed; nor is one of which that cannot be known. */
  async #introduce({ asOf, streams }: LiveRanking): Promise<Listed> {
    const ids = streams.map(({ stream }) => stream);
    const found = await this.#deps.registry.findAll(ids);
    const ranked = streams.flatMap(
      ({ stream, status, category, broadcaster, viewers, peak, startedAt }): RankedLive[] => {
        const known = found.get(stream)?.stream;
        if (known?.visibility !== "public") return [];
        const { title } = known;
        return [{ stream, title, status, category, broadcaster, viewers, peak, startedAt }];
      },
    );
    return { asOf, streams: ranked, incomplete: ids.some((id) => !found.has(id)) };
  }
}

/** No category's id. */
const ALL = "";

const told = (
  { asOf, streams, incomplete }: Listed,
  limit: number,
  source: "memo" | "rankings",
): RankingRead => ({
  ranking: {
    asOf,
    source,
    ...(incomplete && { stale: true }),
    streams: streams.slice(0, limit),
  },
  maxAgeSeconds: incomplete ? 0 : LIVE_MAX_AGE_SECONDS,
});
