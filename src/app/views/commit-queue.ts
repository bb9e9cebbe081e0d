import { COLLECTOR_MAX_PENDING_BYTES, ROW_MAX_BYTES } from "../../core/limits.ts";
import { joinFrames } from "../../protocol/frame.ts";
import type { CollectAnswer } from "../../protocol/object-rpc.ts";

interface Waiting {
  readonly frames: Uint8Array;
  readonly settle: PromiseWithResolvers<CollectAnswer>;
}

/** One commit at a time, each a row: the calls that arrive during one share the next. */
export class CommitQueue {
  readonly #commit: (row: Uint8Array) => Promise<void>;
  readonly #background: (work: Promise<void>) => void;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #committing = false;

  /**
   * @param commit resolves when the row is on disk, throws when it may not be
   * @param background keeps work alive that no caller awaits
   */
  constructor(
    commit: (row: Uint8Array) => Promise<void>,
    background: (work: Promise<void>) => void,
  ) {
    this.#commit = commit;
    this.#background = background;
  }

  /** @throws what the commit threw */
  append(frames: Uint8Array): Promise<CollectAnswer> {
    if (this.#waitingBytes > COLLECTOR_MAX_PENDING_BYTES) {
      return Promise.resolve({ status: "overloaded" });
    }
    const settle = Promise.withResolvers<CollectAnswer>();
    this.#waiting.push({ frames, settle });
    this.#waitingBytes += frames.length;
    if (!this.#committing) this.#background(this.#commitAll());
    return settle.promise;
  }

  async #commitAll(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) await this.#commitNext(this.#takeRow());
    this.#committing = false;
  }

  async #commitNext(calls: readonly Waiting[]): Promise<void> {
    try {
      await this.#commit(joinFrames(calls.map(({ frames }) => frames)));
      for (const { settle } of calls) settle.resolve({ status: "committed" });
    } catch (cause) {
      for (const { settle } of calls) settle.reject(cause);
    }
  }

  #takeRow(): readonly Waiting[] {
    let bytes = 0;
    const over = this.#waiting.findIndex(({ frames }, index) => {
      bytes += frames.length;
      return index > 0 && bytes > ROW_MAX_BYTES;
    });
    const calls = this.#waiting.splice(0, over < 0 ? this.#waiting.length : over);
    for (const { frames } of calls) this.#waitingBytes -= frames.length;
    return calls;
  }
}
