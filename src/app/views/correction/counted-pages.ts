import type { Hash64 } from "../../../core/hash.ts";
import type { ContentId } from "../../../core/ids.ts";
import { CORRECTION_PAGE_BYTES } from "../../../core/limits.ts";
import { doubled } from "../../../protocol/bytes.ts";
import { ContentIndex } from "./content-index.ts";

/**
 * What a slice of an hour counted, in the order of contents, on pages. One content's records may follow each other over
 * several pages. On a page stand records, each:
 *
 *     bytes
 *      1 + n   content id, ASCII
 *      4       entries
 *      2       0; an earlier version had so many places here
 *     10       for each counted view: 8 of the visitor, 2 of the place
 *      2       for each of these places
 *
 * A content of which nothing counts any more has a record without entries: whoever writes what is known of it then
 * writes that it is nothing.
 */
export const ENTRY_BYTES = 10;
export const SEEN_BYTES = 2;
/** Behind the content. */
export const RECORD_HEAD_BYTES = 6;

export interface CountedPage {
  /** Content of its first record. */
  readonly first: string;
  readonly records: Uint8Array;
}

const FIRST_CAPACITY = 1_024;

/** Collects a slice in the order of time and gives it in the order of contents. */
export class CountedSlice {
  readonly #contents = new ContentIndex();
  #entries = new DataView(new ArrayBuffer(FIRST_CAPACITY * COLLECTED_BYTES));
  #size = 0;

  count(content: ContentId, visitor: Hash64, place: number): void {
    const offset = this.#size * COLLECTED_BYTES;
    if (offset === this.#entries.byteLength) this.#entries = doubled(this.#entries);
    const view = this.#entries;
    view.setUint32(offset, this.#contents.numberOf(content));
    view.setUint32(offset + 4, visitor.hi);
    view.setUint32(offset + 8, visitor.lo);
    view.setUint16(offset + 12, place);
    this.#size += 1;
  }

  /** An event that does not count, and perhaps did in an earlier run. */
  see(content: ContentId): void {
    this.#contents.numberOf(content);
  }

  pages(): readonly CountedPage[] {
    const contents = this.#contents.all();
    const order = contents.map((_, index) => index);
    order.sort((a, b) => ((contents[a] ?? "") < (contents[b] ?? "") ? -1 : 1));
    const { starts, sorted } = this.#byContent(contents.length);
    const writer = new PageWriter();
    for (const index of order) {
      const entries = sorted.subarray(
        (starts[index] ?? 0) * ENTRY_BYTES,
        (starts[index + 1] ?? 0) * ENTRY_BYTES,
      );
      writer.put(contents[index] ?? "", entries);
    }
    return writer.pages();
  }

  /** Entries of one content one after the other; `starts` are where each content's begin. */
  #byContent(contents: number): { readonly starts: Uint32Array; readonly sorted: Uint8Array } {
    const view = this.#entries;
    const starts = new Uint32Array(contents + 1);
    const end = this.#size * COLLECTED_BYTES;
    for (let offset = 0; offset < end; offset += COLLECTED_BYTES) {
      const next = view.getUint32(offset) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let index = 1; index <= contents; index += 1) {
      starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0);
    }
    const free = starts.slice();
    const sorted = new Uint8Array(this.#size * ENTRY_BYTES);
    const into = new DataView(sorted.buffer);
    for (let offset = 0; offset < end; offset += COLLECTED_BYTES) {
      const index = view.getUint32(offset);
      const place = free[index] ?? 0;
      free[index] = place + 1;
      into.setUint32(place * ENTRY_BYTES, view.getUint32(offset + 4));
      into.setUint32(place * ENTRY_BYTES + 4, view.getUint32(offset + 8));
      into.setUint16(place * ENTRY_BYTES + 8, view.getUint16(offset + 12));
    }
    return { starts, sorted };
  }
}

/** Content, visitor, place. */
const COLLECTED_BYTES = 14;

/** Fills one page after the other. */
class PageWriter {
  readonly #pages: CountedPage[] = [];
  readonly #bytes = new Uint8Array(CORRECTION_PAGE_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #first = "";
  #used = 0;

  put(content: string, entries: Uint8Array): void {
    const head = 1 + content.length + RECORD_HEAD_BYTES;
    const needed = head + entries.length;
    if (this.#used > 0 && this.#used + needed > CORRECTION_PAGE_BYTES) this.#finishPage();
    let from = 0;
    do {
      if (from > 0) this.#finishPage();
      const room = CORRECTION_PAGE_BYTES - this.#used - head;
      const to = Math.min(entries.length, from + Math.floor(room / ENTRY_BYTES) * ENTRY_BYTES);
      this.#record(content, entries.subarray(from, to));
      from = to;
    } while (from < entries.length);
  }

  pages(): readonly CountedPage[] {
    if (this.#used > 0) this.#finishPage();
    return this.#pages;
  }

  #record(content: string, entries: Uint8Array): void {
    if (this.#used === 0) this.#first = content;
    let offset = this.#used;
    this.#bytes[offset] = content.length;
    offset += 1;
    for (let index = 0; index < content.length; index += 1) {
      this.#bytes[offset + index] = content.charCodeAt(index);
    }
    offset += content.length;
    this.#view.setUint32(offset, entries.length / ENTRY_BYTES);
    this.#view.setUint16(offset + 4, 0);
    offset += RECORD_HEAD_BYTES;
    this.#bytes.set(entries, offset);
    this.#used = offset + entries.length;
  }

  #finishPage(): void {
    this.#pages.push({ first: this.#first, records: this.#bytes.slice(0, this.#used) });
    this.#used = 0;
  }
}
