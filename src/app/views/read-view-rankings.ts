import type { ContentId } from "../../core/ids.ts";
import {
  RANKED_CONTENTS,
  READ_MODEL_TIMEOUT_MS,
  READ_TIMEOUT_MS,
  VIEW_RANKING_MAX_AGE_SECONDS,
  VIEW_RANKING_OUTLIVED_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Content, Page } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { ReadModel } from "../../ports/read-model.ts";
import type { Timers } from "../../ports/timers.ts";
import type { RankedContent, RankingWindow, ViewRanking } from "../../protocol/rankings-rpc.ts";
import type { Step } from "../descend.ts";
import type { KnownRows } from "../known-rows.ts";
import { ListLadder, type Shown, type ToldList } from "../list-ladder.ts";

export interface ReadViewRankingsDeps {
  /** Absent where nobody publishes and the objects answer readers themselves. */
  readonly published?: Pick<ReadModel, "views"> | undefined;
  readonly objects: Pick<ReadModel, "views">;
  readonly contents: Pick<KnownRows<ContentId, Content>, "findAll">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export interface ViewRankingAsked {
  readonly window: RankingWindow;
  /** 1 to 100 */
  readonly limit: number;
  /** All of them when absent. */
  readonly category?: string | undefined;
}

/** Title and address are absent where nobody said them, or the database that has them is away. */
export interface RankedView extends RankedContent, Page {
  /** 1 is the most viewed. */
  readonly rank: number;
}

type Asked = "readmodel" | "rankings";

export type ViewRankingTold =
  | {
      readonly window: RankingWindow;
      readonly category?: string;
      /** What it is about, ms: `from <= at < to`. */
      readonly from: number;
      readonly to: number;
      readonly asOf: number;
      readonly source: "memo" | Asked;
      /** Nothing newer could be had. */
      readonly stale?: true;
      readonly contents: readonly RankedView[];
    }
  /** No list that may be told could be had now. */
  | { readonly status: "aggregating"; readonly contents: readonly [] };

export interface ViewRankingRead {
  readonly ranking: ViewRankingTold;
  /** How long the answer may be cached, s; 0 when something better may be had at once. */
  readonly maxAgeSeconds: number;
}

interface List extends Omit<ViewRanking, "contents"> {
  readonly contents: readonly RankedView[];
}

/**
 * The most viewed contents as readers get them, down a ladder: from memory for a second, from the read model where
 * there is one, from the object that ranks them, and when that does not answer from memory. @see ListLadder
 */
export class ViewRankingsReader {
  readonly #deps: ReadViewRankingsDeps;
  readonly #ladder: ListLadder<ViewRanking, List, Asked>;

  constructor(deps: ReadViewRankingsDeps) {
    this.#deps = deps;
    const { clock, timers, log } = deps;
    this.#ladder = new ListLadder({
      ...{ clock, timers, log },
      timeoutMs: LADDER_TIMEOUT_MS,
      event: "rankings.views-rung-failed",
      show: (ranking) => this.#introduce(ranking),
      mayBeTold: ({ to }, now) => now - to < VIEW_RANKING_OUTLIVED_MS,
    });
  }

  async read(asked: ViewRankingAsked): Promise<ViewRankingRead> {
    const { published } = this.#deps;
    const { window, category } = asked;
    const steps = [this.#object(asked)];
    if (published !== undefined) {
      const ask = () => published.views(window, RANKED_CONTENTS, category);
      steps.unshift({ source: "readmodel", ask });
    }
    const told = await this.#ladder.read(keyOf(asked), { now: steps });
    return told === undefined ? AGGREGATING : answerOf(told, asked);
  }

  /** @returns the list that is; undefined: its object does not answer */
  async readStrong(asked: ViewRankingAsked): Promise<ViewRankingTold | undefined> {
    const answer = await this.#ladder.ask(keyOf(asked), [this.#object(asked)]);
    switch (answer.status) {
      case "told":
        return answerOf(answer.told, asked).ranking;
      case "unknown":
        return AGGREGATING.ranking;
      case "unanswered":
        return undefined;
    }
  }

  /** As many as anybody may ask for, so that readers of any limit share them. */
  #object({ window, category }: ViewRankingAsked): Step<ViewRanking, Asked> {
    const { objects } = this.#deps;
    const ask = () => objects.views(window, RANKED_CONTENTS, category);
    return { source: "rankings", ask };
  }

  async #introduce({ contents, ...ranking }: ViewRanking): Promise<Shown<List>> {
    const found = await this.#deps.contents.findAll(contents.map(({ content }) => content));
    const ranked = contents.map(({ content, views, previousRank }, index): RankedView => {
      const { title, url } = found.get(content)?.row ?? {};
      const page = { ...(title && { title }), ...(isLink(url) && { url }) };
      return { rank: index + 1, content, ...page, views, previousRank };
    });
    return { list: { ...ranking, contents: ranked }, stale: false };
  }
}

/** One after the other, each given up in its time: read model, object, and what the registry says of the contents. */
const LADDER_TIMEOUT_MS = READ_MODEL_TIMEOUT_MS + 2 * READ_TIMEOUT_MS;

const AGGREGATING: ViewRankingRead = {
  ranking: { status: "aggregating", contents: [] },
  maxAgeSeconds: 0,
};

/** Any page may have said it, and sites make links of it: none that runs as a script. */
const isLink = (url: string | undefined): url is string =>
  url !== undefined && /^https?:/i.test(url);

/** No id has a space. */
const keyOf = ({ window, category = "" }: ViewRankingAsked): string => `${window} ${category}`;

const answerOf = (
  { list, source, stale }: ToldList<List, Asked>,
  { limit, category }: ViewRankingAsked,
): ViewRankingRead => {
  const { window, from, to, asOf, contents } = list;
  return {
    ranking: {
      window,
      ...(category !== undefined && { category }),
      ...{ from, to, asOf, source },
      ...(stale && { stale: true }),
      contents: contents.slice(0, limit),
    },
    maxAgeSeconds: stale ? 0 : VIEW_RANKING_MAX_AGE_SECONDS,
  };
};
