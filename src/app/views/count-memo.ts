import type { ContentId } from "../../core/ids.ts";
import { MEMO_MAX_ENTRIES, MINUTE_MS } from "../../core/limits.ts";
import { maxAgeSeconds } from "../../core/views/popularity.ts";
import { BoundedMap } from "../bounded-map.ts";

/** A content's number as the Tallies told it. */
export interface KnownCount {
  readonly views: number;
  /** When it was true, unix ms. */
  readonly asOf: number;
}

interface Entry {
  readonly known: KnownCount;
  readonly freshUntil: number;
}

interface Reads {
  count: number;
  readonly since: number;
}

/** A rate is not extrapolated from less than this. */
const MIN_SAMPLE_MS = 10_000;

/** What an isolate remembers of counts, the longer fresh the more often they are read; bounded, the oldest goes first. */
export class CountMemo {
  readonly #entries = new BoundedMap<ContentId, Entry>(MEMO_MAX_ENTRIES);
  readonly #reads = new BoundedMap<ContentId, Reads>(MEMO_MAX_ENTRIES);

  /** Notes a read. @returns for how long an answer with this content may be cached, s */
  noteRead(content: ContentId, now: number): number {
    let reads = this.#reads.get(content);
    if (reads === undefined || now - reads.since > MINUTE_MS) {
      reads = { count: 0, since: now };
      this.#reads.set(content, reads);
    }
    reads.count += 1;
    return this.#maxAge(content, now);
  }

  fresh(content: ContentId, now: number): KnownCount | undefined {
    const entry = this.#entries.get(content);
    return entry !== undefined && now < entry.freshUntil ? entry.known : undefined;
  }

  /** However old it is. */
  last(content: ContentId): KnownCount | undefined {
    return this.#entries.get(content)?.known;
  }

  remember(content: ContentId, known: KnownCount, now: number): void {
    this.#entries.set(content, { known, freshUntil: now + this.#maxAge(content, now) * 1_000 });
  }

  #maxAge(content: ContentId, now: number): number {
    const { count, since } = this.#reads.get(content) ?? { count: 0, since: now };
    return maxAgeSeconds((count * MINUTE_MS) / Math.max(MIN_SAMPLE_MS, now - since));
  }
}
