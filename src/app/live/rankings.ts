import { hashText } from "../../core/hash.ts";
import type { StreamId } from "../../core/ids.ts";
import {
  LIVE_STALE_MS,
  RANKINGS_KEEP_MS,
  RANKINGS_MAX_ENTRIES,
  RANKINGS_SAVE_MS,
  RANKINGS_SORT_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RankingsStore } from "../../ports/rankings-store.ts";
import type { LiveEntry, LiveRanking, PublishAnswer } from "../../protocol/room-rpc.ts";

export interface LiveRankingsDeps {
  readonly store: RankingsStore;
  readonly clock: Clock;
  /** Tests choose a smaller one. */
  readonly maxEntries?: number;
}

/** The live streams at one moment, all of them and by category, the most viewers first, then the youngest. */
interface Order {
  readonly at: number;
  readonly all: readonly LiveEntry[];
  readonly byCategory: ReadonlyMap<string, readonly LiveEntry[]>;
}

/** Rows of the object's storage: with 100,000 streams one has some 400 KB, and SQLite's limit is 2 MB. */
const PAGES = 64;

/**
 * The last numbers of every stream that is live or was a short time ago, in memory; what changed is saved by alarm a
 * few seconds later, a page of streams a row. Ended streams stay, so that their last numbers can be brought to the
 * database, until nothing was heard of them for a day.
 */
export class LiveRankings {
  readonly #deps: LiveRankingsDeps;
  /** The one silent the longest first. */
  readonly #entries: Map<StreamId, LiveEntry>;
  readonly #changed = new Set<number>();
  #saveDue = false;
  #order: Order = { at: Number.NEGATIVE_INFINITY, all: [], byCategory: new Map() };

  constructor(deps: LiveRankingsDeps) {
    this.#deps = deps;
    const saved = deps.store.load().toSorted((a, b) => a.asOf - b.asOf);
    this.#entries = new Map(saved.map((entry) => [entry.stream, entry]));
  }

  publish(entry: LiveEntry): PublishAnswer {
    const { store, clock, maxEntries = RANKINGS_MAX_ENTRIES } = this.#deps;
    const { stream, stamp } = entry;
    const known = this.#entries.get(stream);
    const answer = { had: known, saved: { asOf: 0, sampledThrough: 0 } };
    if (known !== undefined && known.stamp >= stamp) return answer;
    this.#entries.delete(stream);
    this.#entries.set(stream, entry);
    this.#changed.add(pageOf(stream));
    if (this.#entries.size > maxEntries) this.#forgetFirst();
    if (!this.#saveDue) store.alarm.set(clock.now() + RANKINGS_SAVE_MS);
    this.#saveDue = true;
    return answer;
  }

  live(limit: number, category?: string): LiveRanking {
    const order = this.#ordered(this.#deps.clock.now());
    const { at: asOf, all, byCategory } = order;
    const candidates = category === undefined ? all : (byCategory.get(category) ?? []);
    const streams: LiveEntry[] = [];
    for (const entry of candidates) {
      if (streams.length >= limit) break;
      // It may have ended since they were put in order.
      if (this.#entries.get(entry.stream)?.status === "live") streams.push(entry);
    }
    return { asOf, streams };
  }

  /** Saves what changed and forgets what has been silent for a day; comes again when the next one has. */
  alarm(): void {
    const { store, clock } = this.#deps;
    const now = clock.now();
    // Whatever fails below, the next publish asks for an alarm again.
    this.#saveDue = false;
    for (const { asOf } of this.#entries.values()) {
      if (now - asOf < RANKINGS_KEEP_MS) break;
      this.#forgetFirst();
    }
    if (this.#changed.size > 0) this.#save();
    const [first] = this.#entries.values();
    if (first === undefined) return;
    store.alarm.set(Math.max(first.asOf + RANKINGS_KEEP_MS, now + RANKINGS_SAVE_MS));
  }

  #save(): void {
    const pages = new Map([...this.#changed].map((page): [number, LiveEntry[]] => [page, []]));
    for (const entry of this.#entries.values()) pages.get(pageOf(entry.stream))?.push(entry);
    this.#deps.store.save(pages);
    this.#changed.clear();
  }

  #forgetFirst(): void {
    const [stream] = this.#entries.keys();
    if (stream === undefined) return;
    this.#entries.delete(stream);
    this.#changed.add(pageOf(stream));
  }

  #ordered(now: number): Order {
    if (now - this.#order.at < RANKINGS_SORT_MS) return this.#order;
    const all = [...this.#entries.values()]
      .filter(({ status, asOf }) => status === "live" && now - asOf < LIVE_STALE_MS)
      .sort((a, b) => b.viewers - a.viewers || b.startedAt - a.startedAt);
    const byCategory = new Map<string, LiveEntry[]>();
    for (const entry of all) {
      if (entry.category === null) continue;
      const others = byCategory.get(entry.category);
      if (others === undefined) byCategory.set(entry.category, [entry]);
      else others.push(entry);
    }
    this.#order = { at: now, all, byCategory };
    return this.#order;
  }
}

const pageOf = (stream: StreamId): number => hashText(stream).lo % PAGES;
