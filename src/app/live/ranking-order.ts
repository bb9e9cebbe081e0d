import { LIVE_STALE_MS, RANKING_MAX_STREAMS } from "../../core/limits.ts";
import type { ListedStream } from "../../ports/rankings-store.ts";
import type { LiveNumbers } from "../../protocol/room-rpc.ts";
import { numbersOf } from "./listed-stream.ts";

/** The first of the streams that are not over at one moment, of all and by category, the most viewers first, then the youngest. */
export interface RankingOrder {
  /** Ms. */
  readonly at: number;
  readonly all: readonly LiveNumbers[];
  readonly byCategory: ReadonlyMap<string, readonly LiveNumbers[]>;
}

/** Some of those in order may end while it stands. No more are held: entries that have been replaced since would stay in memory. */
const KEPT = 2 * RANKING_MAX_STREAMS;

export const NO_ORDER: RankingOrder = {
  at: Number.NEGATIVE_INFINITY,
  all: [],
  byCategory: new Map(),
};

/** @param now ms */
export const inOrder = (streams: Iterable<ListedStream>, now: number): RankingOrder => {
  const ordered = [...streams]
    .map(({ entry }) => entry)
    .filter(({ status, asOf }) => status !== "ended" && now - asOf < LIVE_STALE_MS)
    .sort((a, b) => b.viewers - a.viewers || b.startedAt - a.startedAt);
  const byCategory = new Map<string, LiveNumbers[]>();
  for (const entry of ordered) {
    if (entry.category === null) continue;
    const others = byCategory.get(entry.category);
    if (others === undefined) byCategory.set(entry.category, [numbersOf(entry)]);
    else if (others.length < KEPT) others.push(numbersOf(entry));
  }
  return { at: now, all: ordered.slice(0, KEPT).map(numbersOf), byCategory };
};
