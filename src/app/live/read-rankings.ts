import {
  LIVE_MAX_AGE_SECONDS,
  LIVE_STALE_MS,
  MEMO_MAX_ENTRIES,
  RANKING_MAX_STREAMS,
  RANKING_MEMO_MS,
  READ_MODEL_TIMEOUT_MS,
  READ_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { ReadModel } from "../../ports/read-model.ts";
import type { LiveNumbers, LiveRanking } from "../../protocol/room-rpc.ts";
import { BoundedMap } from "../bounded-map.ts";
import { descendForOne, type Step } from "../descend.ts";
import type { ReadSavedDeps } from "../read-saved.ts";
import { SharedFlights } from "../shared-flights.ts";
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

interface Listed {
  readonly asOf: number;
  readonly source: "memo" | Asked;
  readonly streams: readonly RankedLive[];
  /** A newer list could not be had, or the registry did not say of a stream whether it is public. */
  readonly stale: boolean;
}

/**
 * The list of live streams as readers get it, down a ladder: as the isolate remembers it for a second, from the read
 * model where there is one, from the list itself, and when that does not answer from the database or from memory,
 * whichever is younger. One question at a time for each category.
 */
export class RankingsReader {
  readonly #deps: ReadRankingsDeps;
  readonly #memo = new BoundedMap<string, Listed & { readonly readAt: number }>(MEMO_MAX_ENTRIES);
  readonly #flights: SharedFlights<string, Listed>;

  constructor(deps: ReadRankingsDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: LADDER_TIMEOUT_MS });
  }

  /** @param category all of them when absent */
  async read(limit: number, category?: string): Promise<RankingRead> {
    const { clock } = this.#deps;
    const key = category ?? ALL;
    const known = this.#memo.get(key);
    if (known !== undefined && clock.now() - known.readAt < RANKING_MEMO_MS) {
      return told({ ...known, source: "memo" }, limit);
    }
    const asked = await this.#flights.get([key], () => this.#ask(key, category));
    const listed = asked.get(key) ?? this.#last(key);
    if (listed !== undefined) return told(listed, limit);
    return { ranking: { status: "aggregating", streams: [] }, maxAgeSeconds: 0 };
  }

  /** Tells the list that is, or none. */
  async readStrong(limit: number, category?: string): Promise<StrongRankingRead> {
    const listed = await this.#descend(category ?? ALL, [this.#rankings(category)]);
    if (listed === undefined) return { status: "no-list" };
    if (listed.stale) return { status: "no-registry" };
    return { status: "read", ...told(listed, limit) };
  }

  async #ask(key: string, category?: string): Promise<ReadonlyMap<string, Listed>> {
    const { published } = this.#deps;
    const steps: Step<LiveRanking, Asked>[] = [
      this.#rankings(category),
      {
        source: "database",
        ask: () => savedRanking(this.#deps, RANKING_MAX_STREAMS, category),
      },
    ];
    if (published !== undefined) {
      const ask = () => published.live(RANKING_MAX_STREAMS, category);
      steps.unshift({ source: "readmodel", ask });
    }
    const listed = await this.#descend(key, steps);
    return new Map(listed && [[key, listed]]);
  }

  /** As many as anybody may ask for, so that readers of any limit share them. */
  #rankings(category?: string): Step<LiveRanking, Asked> {
    const { objects } = this.#deps;
    return { source: "rankings", ask: () => objects.live(RANKING_MAX_STREAMS, category) };
  }

  /** The list by the first of the steps that has it; one that is not the database's is remembered. */
  async #descend(
    key: string,
    steps: readonly Step<LiveRanking, Asked>[],
  ): Promise<Listed | undefined> {
    const { clock, log } = this.#deps;
    const found = await descendForOne(steps, log, "rankings.rung-failed");
    if (found === undefined) return undefined;
    const { value, source } = found;
    if (source === "database") {
      const last = this.#last(key);
      if (last !== undefined && last.asOf > value.asOf) return last;
      return { ...(await this.#introduce(value)), source, stale: true };
    }
    const listed = { ...(await this.#introduce(value)), source };
    this.#memo.set(key, { ...listed, readAt: clock.now() });
    return listed;
  }

  /** Nothing older than a minute is shown as if it were live. */
  #last(key: string): Listed | undefined {
    const last = this.#memo.get(key);
    if (last === undefined || this.#deps.clock.now() - last.asOf >= LIVE_STALE_MS) return undefined;
    return { ...last, source: "memo", stale: true };
  }

  /** Private streams are not listed; nor is one of which that cannot be known. */
  async #introduce({ asOf, streams }: LiveRanking): Promise<Omit<Listed, "source">> {
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
    return { asOf, streams: ranked, stale: ids.some((id) => !found.has(id)) };
  }
}

/** No category's id. */
const ALL = "";

/** One after the other, each given up in its time: read model, list, database, and what the registry says of them. */
const LADDER_TIMEOUT_MS = READ_MODEL_TIMEOUT_MS + 3 * READ_TIMEOUT_MS;

const told = ({ asOf, source, streams, stale }: Listed, limit: number): RankingRead => ({
  ranking: {
    asOf,
    source,
    ...(stale && { stale: true }),
    streams: streams.slice(0, limit),
  },
  maxAgeSeconds: stale ? 0 : LIVE_MAX_AGE_SECONDS,
});
