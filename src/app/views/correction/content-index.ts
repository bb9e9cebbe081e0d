import type { ContentId } from "../../../core/ids.ts";

/** Numbers contents from 0 on in the order in which they first come, so that a record names its content in 4 bytes. */
export class ContentIndex {
  readonly #numbers = new Map<ContentId, number>();

  numberOf(content: ContentId): number {
    let number = this.#numbers.get(content);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(content, number);
    }
    return number;
  }

  /** @returns the contents, each at its number */
  all(): readonly ContentId[] {
    return [...this.#numbers.keys()];
  }

  /** The next one is the first again. */
  clear(): void {
    this.#numbers.clear();
  }
}
