/** Items by the time each is due, the earliest first: a binary heap, so that nothing is looked at before its time. */
export class DueQueue<Item> {
  readonly #heap: { readonly at: number; readonly item: Item }[] = [];

  /** @returns the earliest item and when it is due, ms */
  first(): { readonly at: number; readonly item: Item } | undefined {
    return this.#heap[0];
  }

  push(at: number, item: Item): void {
    let index = this.#heap.push({ at, item }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent) <= at) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** @returns an item due at or before `now`, taken out; `undefined` when none is */
  take(now: number): Item | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#swap(0, this.#heap.length - 1);
    this.#heap.pop();
    this.#sink();
    return first.item;
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(child) >= this.#at(index)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  /** Beyond the end nothing is ever due. */
  #at(index: number): number {
    return this.#heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
