import { createHash } from "node:crypto";
import type { ContentId } from "../../src/core/ids.ts";
import { StrictFold } from "../../src/core/views/refold.ts";
import { EDGE_VERDICTS } from "../../src/core/views/verdict.ts";

export interface LocallyFolded {
  readonly counted: number;
  readonly duplicates: number;
}

/**
 * What the rule of counting finds in a log by itself: the same fold as the service's correction, over all of its views
 * in the order of their time. Some 40 bytes a view, since no line of a log is where it belongs: servers write them when
 * they end.
 */
export class LocalFold {
  readonly #at: number[] = [];
  readonly #hi: number[] = [];
  readonly #lo: number[] = [];
  readonly #content: number[] = [];
  readonly #contents: ContentId[] = [];
  readonly #numbers = new Map<ContentId, number>();

  /** @param who equal for views of one visitor */
  add(at: number, content: ContentId, who: string): void {
    const digest = createHash("sha256").update(who).digest();
    this.#at.push(at);
    this.#hi.push(digest.readUInt32BE(0));
    this.#lo.push(digest.readUInt32BE(4));
    this.#content.push(this.#numberOf(content));
  }

  judge(): LocallyFolded {
    const times = this.#at;
    const order = Uint32Array.from(times, (_, view) => view);
    order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
    const fold = new StrictFold([]);
    let counted = 0;
    for (const view of order) {
      const content = this.#contents[this.#content[view] ?? 0];
      if (content === undefined) continue;
      const verdict = fold.judge({
        at: times[view] ?? 0,
        content,
        visitor: { hi: this.#hi[view] ?? 0, lo: this.#lo[view] ?? 0 },
        edgeVerdict: EDGE_VERDICTS.countable,
        excluded: false,
        held: false,
      });
      if (verdict === "counted") counted += 1;
    }
    return { counted, duplicates: order.length - counted };
  }

  #numberOf(content: ContentId): number {
    const known = this.#numbers.get(content);
    if (known !== undefined) return known;
    this.#numbers.set(content, this.#contents.length);
    return this.#contents.push(content) - 1;
  }
}
