import { LIVE_SAMPLES_PER_PUBLISH } from "../../core/limits.ts";
import type { LiveSample } from "../../core/live/lasting.ts";
import type { LedgerStore } from "../../ports/room-store.ts";

type Store = Pick<LedgerStore, "samples" | "saveSample" | "deleteSamples">;

/** The largest number of the present window, and the samples of those before that are not in the database yet. */
export class Windows {
  readonly #store: Store;
  #peak: number;
  /** In their order. */
  #samples: readonly LiveSample[];
  /** Not on disk yet. */
  #unsaved: LiveSample[] = [];

  constructor(store: Store, peak: number) {
    this.#store = store;
    this.#peak = peak;
    this.#samples = store.samples();
  }

  get peak(): number {
    return this.#peak;
  }

  /** Samples that are not known to be in the database. */
  get waiting(): number {
    return this.#samples.length;
  }

  /** The oldest of them, as many as one publish carries. */
  get oldest(): readonly LiveSample[] {
    return this.#samples.slice(0, LIVE_SAMPLES_PER_PUBLISH);
  }

  reach(viewers: number): void {
    this.#peak = Math.max(this.#peak, viewers);
  }

  /**
   * The window, or what there was of it, ends; those who are there are in the next one from its beginning. A stream
   * that ends on a window's bound, or twice in a millisecond, has one sample of both.
   */
  close(recordedAt: number, viewers: number): void {
    if (this.#peak > 0) {
      const last = this.#samples.at(-1);
      const same = last?.recordedAt === recordedAt ? last : undefined;
      const sample = { recordedAt, viewers, peak: Math.max(this.#peak, same?.peak ?? 0) };
      this.#samples = [...(same ? this.#samples.slice(0, -1) : this.#samples), sample];
      this.#unsaved.push(sample);
    }
    this.#peak = viewers;
  }

  /** They are in the database, and so on disk: what is told is saved first. @param recordedAt of the last of them, ms */
  savedThrough(recordedAt: number): void {
    const [first] = this.#samples;
    if (first === undefined || first.recordedAt > recordedAt) return;
    this.#samples = this.#samples.filter((sample) => sample.recordedAt > recordedAt);
    this.#store.deleteSamples(recordedAt);
  }

  save(): void {
    for (const sample of this.#unsaved) this.#store.saveSample(sample);
    this.#unsaved = [];
  }
}
