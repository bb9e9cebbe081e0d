import { viewRankingsStore } from "../../src/adapters/objects/view-rankings-store.ts";
import { ViewRankings } from "../../src/app/views/view-rankings.ts";
import { type ContentId, contentId } from "../../src/core/ids.ts";
import { VIEW_RANKINGS_MERGE_MS } from "../../src/core/limits.ts";
import { stamp } from "../../src/core/stamp.ts";
import { slotOf } from "../../src/core/views/slots.ts";
import type { PublishedRanking } from "../../src/ports/read-model.ts";
import type {
  PeriodRanking,
  RankedContent,
  RankingWindow,
  ShardSlots,
  SlotViews,
  ViewRanking,
} from "../../src/protocol/rankings-rpc.ts";
import { NotedLog } from "./noted-log.ts";
import { ObjectDisk } from "./object-disk.ts";
import { shown } from "./shown-contents.ts";

export const NOON = Date.UTC(2026, 10, 21, 12);

export const content = (text: string): ContentId => {
  const id = contentId(text);
  if (id === undefined) throw new Error(`"${text}" is no content id`);
  return id;
};

/** `views/before`, and a category. */
export const slotViews = (
  id: string,
  views: number,
  { before = 0, category = null as string | null } = {},
): SlotViews => ({ content: content(id), category, views, before });

/** The object of rankings, from one life to the next, and the read model it publishes to. */
export class ViewRankingsWorld {
  readonly disk = new ObjectDisk();
  readonly log = new NotedLog();
  now = NOON;
  /** What the read model has, by window and category, and what each call brought. */
  readonly published = new Map<string, ViewRanking>();
  readonly calls: (readonly string[])[] = [];
  /** The read model is away. */
  away = false;
  /** Called while a publish is on its way. */
  onPublish: () => void = () => {};
  rankings: ViewRankings;
  readonly #publishes: boolean;
  readonly #maxContents: number | undefined;
  #version = 0;

  constructor({ publishes = false, maxContents = undefined as number | undefined } = {}) {
    this.#publishes = publishes;
    this.#maxContents = maxContents;
    this.rankings = this.#wake();
  }

  /** With a stamp above all before. */
  tell(shard: number, contents: readonly SlotViews[], more: Partial<ShardSlots> = {}): ShardSlots {
    this.#version += 1;
    const part: ShardSlots = {
      ...{ shard, contents, stamp: stamp(1, this.#version) },
      ...{ asOf: this.now, slot: slotOf(this.now), ...more },
    };
    this.rankings.publish(part);
    return part;
  }

  /** Past the moment in which the order stands. */
  views(window: RankingWindow, limit = 100, category?: string): ViewRanking | undefined {
    this.now += VIEW_RANKINGS_MERGE_MS;
    return this.rankings.views(window, limit, category);
  }

  shown(window: RankingWindow, limit = 100, category?: string): readonly string[] | undefined {
    return shown(this.views(window, limit, category)?.contents);
  }

  /** Time goes on to the alarm, which runs. @returns false: there is none */
  async alarm(): Promise<boolean> {
    const at = this.disk.alarm;
    if (at === undefined) return false;
    this.now = Math.max(this.now, at);
    this.disk.takeAlarm();
    await this.rankings.alarm();
    this.disk.flush();
    return true;
  }

  /** All alarms until then. */
  async runTo(at: number): Promise<void> {
    while (this.disk.alarm !== undefined && this.disk.alarm <= at) await this.alarm();
    this.now = Math.max(this.now, at);
  }

  /** Memory goes; what is on disk stays. */
  evict(): void {
    this.disk.flush();
    this.rankings = this.#wake();
  }

  /** What was not flushed goes, too. */
  crash(): void {
    this.disk.crash();
    this.rankings = this.#wake();
  }

  #wake(): ViewRankings {
    const store = viewRankingsStore(this.disk.open(), () => undefined);
    const writer = {
      publishRankings: async (lists: readonly PublishedRanking[]) => {
        this.calls.push(lists.map(keyOf));
        this.onPublish();
        if (this.away) throw new Error("the read model is away");
        for (const list of lists) this.published.set(keyOf(list), list.ranking);
      },
    };
    return new ViewRankings({
      ...{ store, clock: { now: () => this.now }, log: this.log },
      ...(this.#publishes ? { writer } : {}),
      ...(this.#maxContents === undefined ? {} : { maxContents: this.#maxContents }),
    });
  }
}

const keyOf = ({ window, category }: PublishedRanking): string =>
  category === undefined ? window : `${window}/${category}`;

export const aPeriod = (more: Partial<PeriodRanking> = {}): PeriodRanking => ({
  ...{ window: "day", asOf: NOON, from: NOON - 43_200_000, to: NOON + 43_200_000 },
  ...{ all: [], byCategory: [], ...more },
});

export const ranked = (
  id: string,
  views: number,
  previousRank: number | null = null,
): RankedContent => ({ content: content(id), views, previousRank });
