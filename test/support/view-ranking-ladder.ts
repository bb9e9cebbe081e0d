import { KnownRows } from "../../src/app/known-rows.ts";
import { ViewRankingsReader } from "../../src/app/views/read-view-rankings.ts";
import type { ContentId } from "../../src/core/ids.ts";
import { REGISTERED_MEMO_MS } from "../../src/core/limits.ts";
import type { Content } from "../../src/ports/database.ts";
import { type ReadModel, ReadModelError } from "../../src/ports/read-model.ts";
import type { RankingWindow, ViewRanking } from "../../src/protocol/rankings-rpc.ts";
import { HandTime, settled } from "./hand-time.ts";
import { NotedLog } from "./noted-log.ts";

const SLOT = 300_000;
const HOUR = 3_600_000;

/** Readers of rankings of contents over rungs that do as they are told. */
export class ViewRankingLadder {
  readonly time = new HandTime();
  readonly log = new NotedLog();
  /** What was asked, in order. */
  readonly calls: string[] = [];
  readonly down = new Set<"readmodel" | "object" | "database">();
  /** The database takes whatever it is asked, and never answers. */
  hangs = false;
  /** What a rung has of each window; of none else it knows. */
  readonly published = new Map<RankingWindow, ViewRanking>();
  readonly ranked = new Map<RankingWindow, ViewRanking>();
  readonly registered = new Map<ContentId, Content>();
  readonly reader: ViewRankingsReader;

  constructor(withReadModel: boolean) {
    const time = { clock: this.time, timers: this.time, log: this.log };
    this.reader = new ViewRankingsReader({
      published: withReadModel ? this.#rung("readmodel", this.published) : undefined,
      objects: this.#rung("object", this.ranked),
      contents: new KnownRows({
        find: async (ids: readonly ContentId[]) => {
          await this.#reach("database", ids.join());
          if (this.hangs) await new Promise(() => undefined);
          return ids.flatMap((id) => this.registered.get(id) ?? []);
        },
        lifeMs: () => REGISTERED_MEMO_MS,
        ...time,
      }),
      ...time,
    });
  }

  /** A list of the window under way in which the first has so many views, and each after it one less. */
  aRanking(window: RankingWindow, views: number, names: readonly string[] = ["a"]): ViewRanking {
    const asOf = this.time.now();
    const to = Math.floor(asOf / SLOT) * SLOT + SLOT;
    return {
      ...{ window, asOf, from: to - HOUR, to },
      contents: names.map((name, index) => ({
        content: name as ContentId,
        views: views - index,
        previousRank: null,
      })),
    };
  }

  register(name: string, page: Partial<Content> = { title: `Title of ${name}` }): void {
    const id = name as ContentId;
    this.registered.set(id, { id, startViews: 0, ...page });
  }

  #rung(
    rung: "readmodel" | "object",
    has: ReadonlyMap<RankingWindow, ViewRanking>,
  ): Pick<ReadModel, "views"> {
    return {
      views: async (window, limit, category) => {
        await this.#reach(
          rung,
          `${window} ${limit}${category === undefined ? "" : ` ${category}`}`,
        );
        const ranking = has.get(window);
        return ranking && { ...ranking, contents: ranking.contents.slice(0, limit) };
      },
    };
  }

  async #reach(rung: "readmodel" | "object" | "database", what: string): Promise<void> {
    this.calls.push(`${rung}: ${what}`);
    await settled();
    if (this.down.has(rung)) throw new ReadModelError("away");
  }
}
