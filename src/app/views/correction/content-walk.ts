import type { ContentId } from "../../../core/ids.ts";
import type { PageCursor } from "./page-cursor.ts";
import { VisitorSet } from "./visitor-set.ts";

/** What is known of one content after a walk over its records. */
export interface WalkedContent {
  readonly content: ContentId;
  /** Counted views in the slices that lead. */
  readonly views: number;
  /** Distinct visitors in all slices. */
  readonly uniques: number;
  /** Counted views in all slices, by place. */
  readonly places: readonly (readonly [place: number, views: number])[];
  /** Entries it took, a measure of the work. */
  readonly entries: number;
}

const PLACES = 65_536;
const decoder = new TextDecoder();

/**
 * Goes over the contents of some slices, which lead, and brings together what these and others say of each: a merge of
 * sorted pages, of which one of each slice is in memory.
 */
export class ContentWalk {
  readonly #leading: readonly PageCursor[];
  readonly #others: readonly PageCursor[];
  readonly #visitors = new VisitorSet();
  readonly #counts = new Int32Array(PLACES);
  readonly #touched: number[] = [];

  constructor(leading: readonly PageCursor[], others: readonly PageCursor[]) {
    this.#leading = leading;
    this.#others = others;
  }

  /** The content `next` would go over; `undefined`: there are no more. */
  peek(): ContentId | undefined {
    const content = this.#least();
    // What stands on a page was an id when it was written.
    return content === undefined ? undefined : (decoder.decode(content) as ContentId);
  }

  next(): WalkedContent | undefined {
    const least = this.#least();
    if (least === undefined) return undefined;
    const content = least.slice();
    let views = 0;
    let entries = 1;
    for (const cursor of this.#leading) {
      for (; cursor.skipTo(content); cursor.advance()) {
        views += cursor.entries;
        cursor.eachEntry(this.#count);
      }
    }
    for (const cursor of this.#others) {
      for (; cursor.skipTo(content); cursor.advance()) {
        entries += cursor.entries;
        cursor.eachEntry(this.#count);
      }
    }
    const uniques = this.#visitors.size;
    const places = Array.from(this.#touched, (place) => [place, this.#counts[place] ?? 0] as const);
    this.#forget();
    const decoded = decoder.decode(content) as ContentId;
    return { content: decoded, views, uniques, places, entries: entries + views };
  }

  readonly #count = (hi: number, lo: number, place: number): void => {
    this.#visitors.add(hi, lo);
    const counted = this.#counts[place] ?? 0;
    if (counted === 0) this.#touched.push(place);
    this.#counts[place] = counted + 1;
  };

  #forget(): void {
    for (const place of this.#touched) this.#counts[place] = 0;
    this.#touched.length = 0;
    this.#visitors.clear();
  }

  #least(): Uint8Array | undefined {
    let least: Uint8Array | undefined;
    for (const cursor of this.#leading) {
      if (!cursor.done && (least === undefined || cursor.compare(least) < 0)) {
        least = cursor.content;
      }
    }
    return least;
  }
}
