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
 *      2       places seen
 *     10       for each counted view: 8 of the visitor, 2 of the place
 *      2       for each place from which views came that count no more, if ever they did
 *
 * By the places seen, whoever writes regions writes a zero where an earlier run had counted something.
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
const PLACES = 65_536;

/** Collects a slice in the order of time and gives it in the order of contents. */
export class CountedSlice {
  readonly #contents = new ContentIndex();
  #entries = new DataView(new ArrayBuffer(FIRST_CAPACITY * COLLECTED_BYTES));
  #size = 0;
  /** Content and place as one number. */
  readonly #seen = new Set<number>();

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

  /** An event that did not count; under other decisions it might have, or may have. */
  see(content: ContentId, place: number): void {
    this.#seen.add(this.#contents.numberOf(content) * PLACES + place);
  }

  pages(): readonly CountedPage[] {
    const contents = this.#contents.all();
    const order = contents.map((_, index) => index);
    order.sort((a, b) => ((contents[a] ?? "") < (contents[b] ?? "") ? -1 : 1));
    const { starts, sorted } = this.#byContent(contents.length);
    const seen = this.#seenByContent();
    const writer = new PageWriter();
    for (const index of order) {
      const entries = sorted.subarray(
        (starts[index] ?? 0) * ENTRY_BYTES,
        (starts[index + 1] ?? 0) * ENTRY_BYTES,
      );
      writer.put(contents[index] ?? "", entries, seen.get(index) ?? []);
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

  #seenByContent(): ReadonlyMap<number, readonly number[]> {
    const byContent = new Map<number, number[]>();
    for (const both of this.#seen) {
      const index = Math.floor(both / PLACES);
      const places = byContent.get(index);
      if (places === undefined) byContent.set(index, [both % PLACES]);
      else places.push(both % PLACES);
    }
    return byContent;
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

  put(content: string, entries: Uint8Array, seen: readonly number[]): void {
    const head = 1 + content.length + RECORD_HEAD_BYTES;
    const needed = head + entries.length + seen.length * SEEN_BYTES;
    if (this.#used > 0 && this.#used + needed > CORRECTION_PAGE_BYTES) this.#finishPage();
    let from = 0;
    let seenFrom = 0;
    do {
      if (this.#used > 0 && from + seenFrom > 0) this.#finishPage();
      const room = CORRECTION_PAGE_BYTES - this.#used - head;
      const to = Math.min(entries.length, from + Math.floor(room / ENTRY_BYTES) * ENTRY_BYTES);
      const left = Math.floor((room - (to - from)) / SEEN_BYTES);
      const seenTo = to < entries.length ? seenFrom : Math.min(seen.length, seenFrom + left);
      this.#record(content, entries.subarray(from, to), seen.slice(seenFrom, seenTo));
      from = to;
      seenFrom = seenTo;
    } while (from < entries.length || seenFrom < seen.length);
  }

  pages(): readonly CountedPage[] {
    if (this.#used > 0) this.#finishPage();
    return this.#pages;
  }

  #record(content: string, entries: Uint8Array, seen: readonly number[]): void {
    if (this.#used === 0) this.#first = content;
    let offset = this.#used;
    this.#bytes[offset] = content.length;
    offset += 1;
    for (let index = 0; index < content.length; index += 1) {
      this.#bytes[offset + index] = content.charCodeAt(index);
    }
    offset += content.length;
    this.#view.setUint32(offset, entries.length / ENTRY_BYTES);
    this.#view.setUint16(offset + 4, seen.length);
    offset += RECORD_HEAD_BYTES;
    this.#bytes.set(entries, offset);
    offset += entries.length;
    for (const place of seen) {
      this.#view.setUint16(offset, place);
      offset += SEEN_BYTES;
    }
    this.#used = offset;
  }

  #finishPage(): void {
    this.#pages.push({ first: this.#first, records: this.#bytes.slice(0, this.#used) });
    this.#used = 0;
  }
}
