import { formatEventId } from "../../core/views/event-id.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { ArchivedObject } from "../../protocol/correction-rpc.ts";
import { hexOfHash } from "../../protocol/hex.ts";
import { parseRawLine, type RawLine } from "../../protocol/raw-record.ts";

export interface OwnLinesDeps {
  readonly rawLog: Pick<RawLog, "read">;
  /** @throws when it has taken long enough; asked between two parts of an object */
  demandTime(): void;
}

/**
 * The lines of the raw log that are of one event's content and visitor. A visitor's keys change with the day, and lines
 * of a day's first minute have both: what is read later, of hours before, is known by the key of the day before too.
 */
export class OwnLines {
  readonly #deps: OwnLinesDeps;
  readonly #content: string;
  readonly #id: string;
  readonly #keys = new Set<string>();

  constructor(deps: OwnLinesDeps, { id, content, visitor, previousVisitor }: ViewEvent) {
    this.#deps = deps;
    this.#id = formatEventId(id);
    this.#content = content;
    this.#keys.add(hexOfHash(visitor));
    if (previousVisitor !== undefined) this.#keys.add(hexOfHash(previousVisitor));
  }

  /**
   * @param until ms; lines of an object are in the order of their times, and nothing behind this is read
   * @throws when the raw log fails or has not what it should have
   */
  async *read(objects: readonly ArchivedObject[], until: number): AsyncGenerator<RawLine> {
    for (const { name } of objects) {
      this.#deps.demandTime();
      const batches = await this.#deps.rawLog.read(name);
      if (batches === undefined) throw new Error(`${name} is missing`);
      for await (const batch of batches) {
        if (isBehind(batch[0], until)) break;
        yield* this.#ownOf(batch);
        this.#deps.demandTime();
      }
    }
  }

  *#ownOf(batch: readonly string[]): Generator<RawLine> {
    for (const text of batch) {
      // Nearly every line is somebody else's: to look for a key is much cheaper than to parse it.
      if (!this.#mentionsKey(text)) continue;
      const line = parseRawLine(text);
      if (line === undefined || !this.#isOwn(line)) continue;
      this.#keys.add(line.visitor);
      if (line.prev !== undefined) this.#keys.add(line.prev);
      yield line;
    }
  }

  #mentionsKey(text: string): boolean {
    for (const key of this.#keys) if (text.includes(key)) return true;
    return false;
  }

  #isOwn({ id, content, visitor, prev }: RawLine): boolean {
    const isVisitors = this.#keys.has(visitor) || (prev !== undefined && this.#keys.has(prev));
    return id === this.#id || (content === this.#content && isVisitors);
  }
}

const isBehind = (text: string | undefined, until: number): boolean => {
  const line = text === undefined ? undefined : parseRawLine(text);
  return line !== undefined && line.at > until;
};
