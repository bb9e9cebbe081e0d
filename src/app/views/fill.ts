import type { ContentId } from "../../core/ids.ts";
import { BREAKER_REST_MAX_MS, PUBLISH_MAX_COUNTS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { CountPart, ReadModelWriter } from "../../ports/read-model.ts";

export interface FillDeps {
  readonly writer: Pick<ReadModelWriter, "publishCounts">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Gives a read model what it did not have and the Tallies did: their parts with their stamps, so that nothing younger
 * is undone. It is nobody's duty: after one that failed there is none for a while, and the next reader may do it.
 */
export class CountFill {
  readonly #deps: FillDeps;
  #restsUntil = 0;

  constructor(deps: FillDeps) {
    this.#deps = deps;
  }

  /**
   * @param contents those of which the read model said that it has nothing
   * @param parts of all their homes, and perhaps of others
   * @returns what is to be written: of a content nobody ever counted nothing, of others also the parts that are 0
   */
  due(contents: ReadonlySet<ContentId>, parts: readonly CountPart[]): readonly CountPart[] {
    if (this.#deps.clock.now() < this.#restsUntil) return [];
    const counted = new Set(
      parts.flatMap(({ content, views }) => (views > 0 && contents.has(content) ? content : [])),
    );
    return parts.filter(({ content }) => counted.has(content));
  }

  /** Never rejects. */
  async write(parts: readonly CountPart[]): Promise<void> {
    const { writer, clock, log } = this.#deps;
    try {
      for (let from = 0; from < parts.length; from += PUBLISH_MAX_COUNTS) {
        await writer.publishCounts(parts.slice(from, from + PUBLISH_MAX_COUNTS));
      }
    } catch (cause) {
      if (clock.now() >= this.#restsUntil) log.warn("counts.fill-failed", { cause: `${cause}` });
      this.#restsUntil = clock.now() + BREAKER_REST_MAX_MS;
    }
  }
}
