import { PUBLISH_REARM_MS, VIEW_RANKINGS_SAVE_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { PublishedRanking } from "../../ports/read-model.ts";
import type { ViewRankingsStore } from "../../ports/view-rankings-store.ts";
import {
  type PeriodRanking,
  RANKING_WINDOWS,
  type RankingWindow,
  type ShardSlots,
  type ViewRanking,
} from "../../protocol/rankings-rpc.ts";
import { SoonestAlarm } from "../soonest-alarm.ts";
import { PeriodBoard } from "./view-rankings-periods.ts";
import {
  ViewRankingsPublisher,
  type ViewRankingsPublisherDeps,
} from "./view-rankings-publisher.ts";
import { type RealtimeLists, SlotBoard } from "./view-rankings-slots.ts";

export interface ViewRankingsDeps {
  readonly store: ViewRankingsStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent where readers ask this object itself. */
  readonly writer?: ViewRankingsPublisherDeps["writer"] | undefined;
  /** Tests choose a smaller one. */
  readonly maxContents?: number;
}

type Lists = Pick<RealtimeLists, "asOf" | "from" | "to" | "all" | "byCategory">;

/**
 * The most viewed contents of the last hour, from what the shards tell, and of day, week and month, from what the job
 * `rank` reads in the database. What shards tell is saved by alarm some seconds later: what is lost before that, each
 * tells again with its next change, and at the latest when its slot turns.
 */
export class ViewRankings {
  readonly #deps: ViewRankingsDeps;
  readonly #slots: SlotBoard;
  readonly #periods: PeriodBoard;
  readonly #alarm: SoonestAlarm;
  readonly #publisher: ViewRankingsPublisher | undefined;
  readonly #unsaved = new Set<number>();
  /** Ms; `null` while nothing is unsaved. */
  #saveAt: number | null = null;

  constructor(deps: ViewRankingsDeps) {
    const { store, clock, writer, log, maxContents } = deps;
    this.#deps = deps;
    this.#slots = new SlotBoard(store.loadSlots(), maxContents);
    this.#periods = new PeriodBoard(store.loadPeriods());
    this.#alarm = new SoonestAlarm(store.alarm);
    this.#publisher = writer && new ViewRankingsPublisher({ writer, clock, log });
  }

  /** @see ViewRankingsRpc.publish */
  publish(slots: ShardSlots): void {
    if (!this.#slots.take(slots)) return;
    const now = this.#deps.clock.now();
    this.#unsaved.add(slots.shard);
    this.#saveAt ??= now + VIEW_RANKINGS_SAVE_MS;
    this.#publisher?.told(now);
    this.#alarm.atLatest(this.#dueAt());
  }

  /** Saved at once: it comes every few minutes. @see ViewRankingsRpc.setPeriods */
  setPeriods(rankings: readonly PeriodRanking[]): void {
    const taken = rankings.filter((ranking) => this.#periods.take(ranking));
    if (taken.length === 0) return;
    this.#deps.store.savePeriods(taken);
    this.#publisher?.told(this.#deps.clock.now());
    this.#alarm.atLatest(this.#dueAt());
  }

  /** @see ViewRankingsRpc.views */
  views(window: RankingWindow, limit: number, category?: string): ViewRanking | undefined {
    const lists = this.#lists(window, this.#deps.clock.now());
    if (lists === undefined) return undefined;
    const { asOf, from, to, all, byCategory } = lists;
    const list = category === undefined ? all : (byCategory.get(category) ?? []);
    return { window, asOf, from, to, contents: list.slice(0, limit) };
  }

  async alarm(): Promise<void> {
    const now = this.#deps.clock.now();
    const publisher = this.#publisher;
    // Where nothing is published, every ring is for saving.
    if (this.#saveAt !== null && (publisher === undefined || now >= this.#saveAt)) this.#save();
    if (publisher !== undefined && publisher.dueAt !== null && now >= publisher.dueAt) {
      // Should this life end on the way, the next one begins here.
      this.#alarm.exactly(now + PUBLISH_REARM_MS);
      await publisher.round(this.#published(now), now);
    }
    this.#alarm.exactly(this.#dueAt());
  }

  #save(): void {
    this.#deps.store.saveSlots(this.#slots.parts(this.#unsaved));
    this.#unsaved.clear();
    this.#saveAt = null;
  }

  #dueAt(): number | null {
    const publishAt = this.#publisher?.dueAt ?? null;
    if (publishAt === null || this.#saveAt === null) return publishAt ?? this.#saveAt;
    return Math.min(publishAt, this.#saveAt);
  }

  #lists(window: RankingWindow, now: number): Lists | undefined {
    return window === "realtime" ? this.#slots.lists(now) : this.#periods.lists(window, now);
  }

  #published(now: number): readonly PublishedRanking[] {
    return RANKING_WINDOWS.flatMap((window) => {
      const lists = this.#lists(window, now);
      if (lists === undefined) return [];
      const { asOf, from, to, all, byCategory } = lists;
      const listed = (category: string | undefined, contents: ViewRanking["contents"]) => ({
        window,
        category,
        ranking: { window, asOf, from, to, contents },
      });
      const ofCategories = [...byCategory].map(([category, list]) => listed(category, list));
      return [listed(undefined, all), ...ofCategories];
    });
  }
}
