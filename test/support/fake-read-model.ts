import type { ContentId } from "../../src/core/ids.ts";
import { PUBLISH_MAX_COUNTS } from "../../src/core/limits.ts";
import {
  type CountPart,
  type CountsPublished,
  type KeptMark,
  type PublishMark,
  ReadModelError,
  type ReadModelWriter,
} from "../../src/ports/read-model.ts";

/**
 * What becomes of a publish. `late`: it is given up, and done some time after; `held`: it is on its way until somebody
 * lets it go.
 */
export type PublishFate = "done" | "refused" | "done, answer lost" | "late" | "held";

const NO_MARK: KeptMark = { call: 0, through: 0, isAfterLoss: false };

/** A read model that keeps the value with the larger stamp, and goes wrong as it is told. */
export class FakeReadModel implements Pick<ReadModelWriter, "publishCounts"> {
  readonly parts = new Map<string, CountPart>();
  /** Every call, done or not. */
  readonly calls: (readonly CountPart[])[] = [];
  fate: PublishFate = "done";
  incarnation = "1";
  readonly #marks = new Map<number, KeptMark>();
  readonly #late: (() => void)[] = [];
  readonly #held: (() => void)[] = [];
  /** What a stamp stood for, also of parts that are lost. */
  readonly #said = new Map<string, number>();

  async publishCounts(parts: readonly CountPart[], mark?: PublishMark): Promise<CountsPublished> {
    this.calls.push(parts);
    this.#check(parts);
    const { fate } = this;
    if (fate === "held") await new Promise<void>((resolve) => this.#held.push(resolve));
    if (fate === "late") this.#late.push(() => this.#take(parts, mark));
    if (fate === "late" || fate === "refused") throw new ReadModelError("it is away");
    const had = this.#take(parts, mark);
    if (fate === "done, answer lost") throw new ReadModelError("it did not answer in time");
    return { incarnation: this.incarnation, had };
  }

  /** What it has now, to fall back to. */
  copy(): () => void {
    const { incarnation } = this;
    const parts = [...this.parts];
    const marks = [...this.#marks];
    return () => {
      if (incarnation !== this.incarnation) return;
      this.parts.clear();
      this.#marks.clear();
      for (const [key, part] of parts) this.parts.set(key, part);
      for (const [shard, mark] of marks) this.#marks.set(shard, mark);
    };
  }

  /** Everything is gone, as after FLUSHALL. */
  lose(): void {
    this.parts.clear();
    this.#marks.clear();
    this.incarnation = String(Number(this.incarnation) + 1);
  }

  /** Calls that were given up are done after all, the last one first. */
  doLate(): void {
    for (const take of this.#late.splice(0).reverse()) take();
  }

  release(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }

  views(content: string, shard = 0): number | undefined {
    return this.parts.get(`${shard} ${content}`)?.views;
  }

  /** Parts in each call. */
  get sizes(): readonly number[] {
    return this.calls.map((parts) => parts.length);
  }

  /** Contents in the order in which they were first published. */
  get contents(): readonly ContentId[] {
    return [...new Set(this.calls.flatMap((parts) => parts.map(({ content }) => content)))];
  }

  /** @returns the mark it had */
  #take(parts: readonly CountPart[], mark: PublishMark | undefined): KeptMark | undefined {
    for (const part of parts) {
      const key = `${part.shard} ${part.content}`;
      const known = this.parts.get(key);
      if (known === undefined || part.stamp > known.stamp) this.parts.set(key, part);
    }
    if (mark === undefined) return undefined;
    const { shard, call, acknowledged, through } = mark;
    const had = this.#marks.get(shard);
    const { call: known, through: kept, isAfterLoss: wasLost } = had ?? NO_MARK;
    const isAfterLoss = known < acknowledged || (wasLost && known > acknowledged);
    const reaches = isAfterLoss ? Math.min(kept, through) : through;
    if (had === undefined || known < call) {
      this.#marks.set(shard, { call, through: reaches, isAfterLoss });
    }
    return had;
  }

  /** @throws when it is what no Tally may send */
  #check(parts: readonly CountPart[]): void {
    const contents = new Set(parts.map(({ content }) => content));
    if (contents.size < parts.length) throw new Error("a call names a content twice");
    if (parts.length > PUBLISH_MAX_COUNTS) throw new Error(`${parts.length} parts in a call`);
    for (const { content, stamp, views } of parts) {
      const said = this.#said.get(`${content} ${stamp}`) ?? views;
      if (said !== views) throw new Error(`${stamp} of ${content} is ${said} and ${views}`);
      this.#said.set(`${content} ${stamp}`, views);
    }
  }
}
