import { ENTRY_BYTES, RECORD_HEAD_BYTES, SEEN_BYTES } from "./counted-pages.ts";

/** One slice's pages, read one at a time. */
export interface PageSource {
  /** The page that holds the first record at or behind `content`, or the last one before it. */
  from(content: string): Uint8Array | undefined;
  /** The one behind the one given last. */
  next(): Uint8Array | undefined;
}

/** A reader of a slice's records in the order of contents. Contents are compared as bytes: most are passed over unread. */
export class PageCursor {
  readonly #source: PageSource;
  #page: Uint8Array = NOTHING;
  #view: DataView = new DataView(NOTHING.buffer);
  #offset = 0;
  #body = 0;
  #entries = 0;
  #seen = 0;

  /** @param from the first content to be read */
  constructor(source: PageSource, from: string) {
    this.#source = source;
    this.#turnTo(source.from(from));
    this.skipTo(bytesOf(from));
  }

  get done(): boolean {
    return this.#page === NOTHING;
  }

  /** Content of the record it stands at, to be copied by whoever keeps it. */
  get content(): Uint8Array {
    return this.#page.subarray(this.#offset + 1, this.#body - RECORD_HEAD_BYTES);
  }

  /** Moves to the first record at or behind `content`. @returns whether it is of this content */
  skipTo(content: Uint8Array): boolean {
    while (!this.done) {
      const order = this.compare(content);
      if (order >= 0) return order === 0;
      this.advance();
    }
    return false;
  }

  advance(): void {
    this.#offset = this.#body + this.#entries * ENTRY_BYTES + this.#seen * SEEN_BYTES;
    if (this.#offset < this.#page.length) this.#readHead();
    else this.#turnTo(this.#source.next());
  }

  /** @returns below 0 where its content comes before `content`, 0 where it is the same */
  compare(content: Uint8Array): number {
    const page = this.#page;
    const start = this.#offset + 1;
    const length = page[this.#offset] ?? 0;
    const shared = Math.min(length, content.length);
    for (let index = 0; index < shared; index += 1) {
      const difference = (page[start + index] ?? 0) - (content[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return length - content.length;
  }

  get entries(): number {
    return this.#entries;
  }

  eachEntry(visit: (hi: number, lo: number, place: number) => void): void {
    const view = this.#view;
    const end = this.#body + this.#entries * ENTRY_BYTES;
    for (let offset = this.#body; offset < end; offset += ENTRY_BYTES) {
      visit(view.getUint32(offset), view.getUint32(offset + 4), view.getUint16(offset + 8));
    }
  }

  #turnTo(page: Uint8Array | undefined): void {
    this.#page = page ?? NOTHING;
    this.#view = new DataView(this.#page.buffer, this.#page.byteOffset, this.#page.byteLength);
    this.#offset = 0;
    if (page !== undefined) this.#readHead();
  }

  #readHead(): void {
    this.#body = this.#offset + 1 + (this.#page[this.#offset] ?? 0) + RECORD_HEAD_BYTES;
    this.#entries = this.#view.getUint32(this.#body - RECORD_HEAD_BYTES);
    this.#seen = this.#view.getUint16(this.#body - 2);
  }
}

const NOTHING = new Uint8Array(0);

/** @param content ASCII */
const bytesOf = (content: string): Uint8Array =>
  Uint8Array.from(content, (character) => character.charCodeAt(0));
