import { hashText } from "../../core/hash.ts";
import type { StreamId } from "../../core/ids.ts";
import {
  RANKINGS_KEEP_MS,
  RANKINGS_MAX_ENTRIES,
  RANKINGS_SAVE_MS,
  RANKINGS_SORT_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import {
  type ListedStream,
  NOTHING_SAVED,
  type RankingsStore,
} from "../../ports/rankings-store.ts";
import type {
  ListFlushed,
  LiveEntry,
  LiveNumbers,
  LiveRanking,
  PublishAnswer,
} from "../../protocol/room-rpc.ts";
import { type FlushedList, type FlushTables, flushList } from "./flush-list.ts";
import { isUnsaved, whenWritten, withOneSample } from "./listed-stream.ts";
import { inOrder, NO_ORDER, type RankingOrder } from "./ranking-order.ts";
import { Turns } from "./turns.ts";

export interface LiveRankingsDeps {
  readonly store: RankingsStore;
  readonly tables: FlushTables;
  readonly clock: Clock;
  /** Tests choose a smaller one. */
  readonly maxEntries?: number;
}

/** Rows of the object's storage: with 100,000 streams one has some 700 KB. */
const PAGES = 64;

/**
 * Samples held in all, for each entry there may be: while the database is away rooms tell up to an hour of them. Above
 * it the list takes one of each room, which keeps the others until they are saved, too.
 */
const SAMPLES_PER_ENTRY = 2;

/**
 * The last numbers of every stream that is live or was a short time ago, in memory; what changed is saved by alarm a
 * few seconds later, a page of streams a row, together with how much of it is in the database. What is not there yet
 * stays until a flush has written it, all else until nothing was heard of it for a day. What is lost with the
 * object's memory does no harm: rooms publish again, and what a flush writes again changes nothing.
 */
export class LiveRankings {
  readonly #deps: LiveRankingsDeps;
  /** The one silent the longest first. */
  readonly #streams: Map<StreamId, ListedStream>;
  readonly #flushes: Turns<ListFlushed>;
  readonly #changed = new Set<number>();
  #samples = 0;
  #saveDue = false;
  #order: RankingOrder = NO_ORDER;

  constructor(deps: LiveRankingsDeps) {
    this.#deps = deps;
    const loaded = deps.store.load().toSorted((a, b) => a.entry.asOf - b.entry.asOf);
    this.#streams = new Map(loaded.map((listed) => [listed.entry.stream, listed]));
    for (const { entry } of this.#streams.values()) this.#samples += entry.samples.length;
    this.#flushes = new Turns(() => flushList(this.#flushed(), deps.tables));
  }

  publish(entry: LiveEntry): PublishAnswer {
    const { maxEntries = RANKINGS_MAX_ENTRIES } = this.#deps;
    const { stream } = entry;
    const known = this.#streams.get(stream);
    const { saved, savedStamp } = known ?? { saved: NOTHING_SAVED, savedStamp: undefined };
    if (known === undefined || known.entry.stamp < entry.stamp) {
      // Behind all others, which have been silent for longer.
      if (known !== undefined) this.#remove(known);
      if (this.#streams.size >= maxEntries) this.#makeRoom();
      const isFull = this.#samples >= SAMPLES_PER_ENTRY * maxEntries;
      const held = isFull ? withOneSample(entry, saved) : entry;
      this.#keep({ entry: held, saved, savedStamp });
    }
    return { had: known === undefined ? undefined : told(known.entry), saved };
  }

  live(limit: number, category?: string): LiveRanking {
    const now = this.#deps.clock.now();
    if (now - this.#order.at >= RANKINGS_SORT_MS)
      this.#order = inOrder(this.#streams.values(), now);
    const { at: asOf, all, byCategory } = this.#order;
    const candidates = category === undefined ? all : (byCategory.get(category) ?? []);
    const streams: LiveNumbers[] = [];
    for (const numbers of candidates) {
      if (streams.length >= limit) break;
      const entry = this.#streams.get(numbers.stream)?.entry;
      // It may have ended since they were put in order.
      if (entry !== undefined && entry.status !== "ended") streams.push(numbers);
    }
    return { asOf, streams };
  }

  /** @see RankingsRpc.flush */
  flush(): Promise<ListFlushed> {
    return this.#flushes.run();
  }

  /** Saves what changed and forgets what has been silent for a day; comes again when the next one has. */
  alarm(): void {
    const { store, clock } = this.#deps;
    const now = clock.now();
    // Whatever fails below, the next change asks for an alarm again.
    this.#saveDue = false;
    for (const listed of this.#streams.values()) {
      if (now - listed.entry.asOf < RANKINGS_KEEP_MS) break;
      if (!isUnsaved(listed)) this.#forget(listed);
    }
    if (this.#changed.size > 0) this.#save();
    const first = this.#longestSilent();
    // When the others are saved, that is a change.
    if (first === undefined) return;
    store.alarm.set(Math.max(first.entry.asOf + RANKINGS_KEEP_MS, now + RANKINGS_SAVE_MS));
  }

  #save(): void {
    const pages = new Map([...this.#changed].map((page): [number, ListedStream[]] => [page, []]));
    for (const listed of this.#streams.values()) pages.get(pageOf(listed))?.push(listed);
    this.#deps.store.save(pages);
    this.#changed.clear();
  }

  #flushed(): FlushedList {
    return {
      unsaved: () =>
        [...this.#streams].filter(([, listed]) => isUnsaved(listed)).map(([stream]) => stream),
      find: (stream) => this.#streams.get(stream),
      written: (entry) => {
        const listed = this.#streams.get(entry.stream);
        if (listed !== undefined) this.#keep(whenWritten(listed, entry));
      },
    };
  }

  /** In its place where the stream is known. */
  #keep(listed: ListedStream): void {
    const { store, clock } = this.#deps;
    const { stream, samples } = listed.entry;
    this.#samples += samples.length - (this.#streams.get(stream)?.entry.samples.length ?? 0);
    this.#streams.set(stream, listed);
    this.#changed.add(pageOf(listed));
    if (!this.#saveDue) store.alarm.set(clock.now() + RANKINGS_SAVE_MS);
    this.#saveDue = true;
  }

  /** Of what is not saved, when there is nothing else, the room tells again. */
  #makeRoom(): void {
    const [first] = this.#streams.values();
    const forgotten = this.#longestSilent() ?? first;
    if (forgotten !== undefined) this.#forget(forgotten);
  }

  #forget(listed: ListedStream): void {
    this.#remove(listed);
    this.#changed.add(pageOf(listed));
  }

  #remove({ entry }: ListedStream): void {
    this.#samples -= entry.samples.length;
    this.#streams.delete(entry.stream);
  }

  /** Of those the database has. */
  #longestSilent(): ListedStream | undefined {
    for (const listed of this.#streams.values()) if (!isUnsaved(listed)) return listed;
    return undefined;
  }
}

const told = ({ stamp, asOf, viewers }: LiveEntry): PublishAnswer["had"] => ({
  stamp,
  asOf,
  viewers,
});

const pageOf = ({ entry }: ListedStream): number => hashText(entry.stream).lo % PAGES;
