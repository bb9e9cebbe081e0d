import {
  PUBLISH_BACKOFF_MAX_MS,
  VIEW_RANKINGS_AGAIN_FOR_MS,
  VIEW_RANKINGS_AGAIN_MS,
  VIEW_RANKINGS_MAX_LISTS,
  VIEW_RANKINGS_PUBLISH_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { PublishedRanking, ReadModelWriter } from "../../ports/read-model.ts";
import type { RankedContent, RankingWindow, ViewRanking } from "../../protocol/rankings-rpc.ts";

export interface ViewRankingsPublisherDeps {
  readonly writer: Pick<ReadModelWriter, "publishRankings">;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the read model has, as far as it acknowledged it. */
interface Had {
  readonly at: number;
  readonly list: PublishedRanking;
}

/**
 * Publishes the lists that changed, and now and then all of them. What fails is not taken note of, and so goes again
 * with what has changed meanwhile.
 */
export class ViewRankingsPublisher {
  readonly #deps: ViewRankingsPublisherDeps;
  /** The one that was published the longest ago first. */
  readonly #had = new Map<string, Had>();
  #triedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #dueAt: number | null;

  constructor(deps: ViewRankingsPublisherDeps) {
    this.#deps = deps;
    // What an earlier life has published is not known.
    this.#dueAt = deps.clock.now();
  }

  /** Ms; `null` is never. */
  get dueAt(): number | null {
    return this.#dueAt;
  }

  /** There is something new to publish. */
  told(now: number): void {
    this.#toldAt = now;
    const at = Math.max(now, this.#triedAt + this.#pause());
    this.#dueAt = Math.min(at, this.#dueAt ?? at);
  }

  /** To be called by one at a time. @param lists all that there are */
  async round(lists: readonly PublishedRanking[], now: number): Promise<void> {
    const due = this.#due(lists, now);
    const sent = due.slice(0, VIEW_RANKINGS_MAX_LISTS);
    this.#triedAt = now;
    this.#dueAt = null;
    try {
      if (sent.length > 0) await this.#deps.writer.publishRankings(sent);
      this.#failures = 0;
      for (const list of sent) this.#note(list, now);
    } catch (cause) {
      this.#failures += 1;
      this.#deps.log.warn("rankings.not-published", { lists: sent.length, cause: `${cause}` });
    }
    const next = this.#next(now, this.#failures > 0 || due.length > sent.length);
    // What was told meanwhile has its own time.
    if (next !== null) this.#dueAt = Math.min(next, this.#dueAt ?? next);
  }

  /** Those of all contents first, then what has waited the longest. */
  #due(lists: readonly PublishedRanking[], now: number): readonly PublishedRanking[] {
    return [...lists, ...this.#emptied(lists)]
      .filter((list) => this.#isDue(list, now))
      .map((list) => ({ list, at: this.#had.get(keyOf(list))?.at ?? 0 }))
      .sort((a, b) => rankOf(a.list) - rankOf(b.list) || a.at - b.at)
      .map(({ list }) => list);
  }

  /** Categories in which there is nothing any more; what has gone with its whole window is not read either. */
  #emptied(lists: readonly PublishedRanking[]): readonly PublishedRanking[] {
    const gone = new Map([...this.#had].map(([key, { list }]) => [key, list]));
    const whole = new Map<RankingWindow, ViewRanking>();
    for (const list of lists) {
      gone.delete(keyOf(list));
      if (list.category === undefined) whole.set(list.window, list.ranking);
    }
    return [...gone].flatMap(([key, { window, category }]) => {
      const ranking = whole.get(window);
      if (ranking !== undefined) return { window, category, ranking: { ...ranking, contents: [] } };
      this.#had.delete(key);
      return [];
    });
  }

  #isDue(list: PublishedRanking, now: number): boolean {
    const had = this.#had.get(keyOf(list));
    if (had === undefined || !isSame(had.list.ranking, list.ranking)) return true;
    return now - had.at >= againAfter(list);
  }

  #note(list: PublishedRanking, now: number): void {
    const key = keyOf(list);
    // Not a list any more: who asks for it is told so, and need not be told again.
    if (list.category !== undefined && list.ranking.contents.length === 0) this.#had.delete(key);
    else this.#had.set(key, { at: now, list });
  }

  #next(now: number, more: boolean): number | null {
    if (more) return now + this.#pause();
    if (now - this.#toldAt >= VIEW_RANKINGS_AGAIN_FOR_MS) return null;
    const again = [...this.#had.values()].map(({ at, list }) => at + againAfter(list));
    return again.length === 0 ? null : Math.max(now + this.#pause(), Math.min(...again));
  }

  #pause(): number {
    return Math.min(PUBLISH_BACKOFF_MAX_MS, VIEW_RANKINGS_PUBLISH_MS * 2 ** this.#failures);
  }
}

const keyOf = ({ window, category }: PublishedRanking): string => `${window}/${category ?? ""}`;

const rankOf = ({ category }: PublishedRanking): number => (category === undefined ? 0 : 1);

const againAfter = ({ window }: PublishedRanking): number =>
  VIEW_RANKINGS_AGAIN_MS[window === "realtime" ? "realtime" : "period"];

const isSame = (a: ViewRanking, b: ViewRanking): boolean =>
  a.from === b.from && a.to === b.to && hasSame(a.contents, b.contents);

const hasSame = (a: readonly RankedContent[], b: readonly RankedContent[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return (
        one.content === other?.content &&
        one.views === other.views &&
        one.previousRank === other.previousRank
      );
    }));
