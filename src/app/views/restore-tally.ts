import {
  HOUR_MS,
  RESTORE_ASK_AGAIN_MS,
  RESTORE_BACKOFF_MAX_MS,
  RESTORE_BACKOFF_MIN_MS,
  RESTORE_STEPS_PER_ALARM,
} from "../../core/limits.ts";
import { backoffMs } from "../../core/views/pacing.ts";
import type { Correctors } from "../../ports/correctors.ts";
import type { Random } from "../../ports/random.ts";
import type { RestorePhase } from "../../ports/restore-store.ts";
import { type Coverage, coverageOf, indexPrefix } from "../../protocol/raw-names.ts";
import {
  loadCells,
  loadIndex,
  loadTotals,
  type RestoreStepDeps,
  settleRestored,
} from "./restore-steps.ts";

export interface RestoreTallyDeps extends RestoreStepDeps {
  readonly correctors: Pick<Correctors, "correct" | "status">;
  readonly random: Random;
}

/**
 * Stands before a Tally whose storage has just been born. Is it a new one, or did it take the place of one that was
 * lost? It asks raw log and database; if they know the shard, it brings back totals and cells as the database has them
 * and has correction fold what lies in the raw log, and until all of that is settled nothing is taken in, told or
 * flushed: callers come again. Every step commits with where it got to, so whoever dies in it goes on from there.
 */
export class TallyRestore {
  readonly #deps: RestoreTallyDeps;
  #phase: RestorePhase;
  #asking: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  #coverage: readonly Coverage[] | undefined;
  #failures = 0;
  #cause = "";
  /** Raw log and database are not asked before, ms. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #orderedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: RestoreTallyDeps) {
    this.#deps = deps;
    this.#phase = deps.store.restore.phase();
  }

  get phase(): RestorePhase {
    return this.#phase;
  }

  /** @throws while the Tally is shut */
  async admit(): Promise<void> {
    if (this.#phase === "open") return;
    if (this.#phase === "asking") await this.#ask();
    if (this.#is("correcting")) await this.#awaitCorrection();
    this.#demand(this.#is("open"));
  }

  /** Correction may come in before others. @throws while there is nothing to correct yet */
  async admitCorrector(): Promise<void> {
    if (this.#phase === "asking") await this.#ask();
    this.#demand(this.#is("open") || this.#is("correcting"));
  }

  /** Correction has been at work: the Tally is open when nothing is left to it. What it saved took the alarm with it. */
  settled(): void {
    if (this.#phase !== "correcting" || this.#openIfSettled()) return;
    const { store, clock } = this.#deps;
    store.alarm.set(clock.now() + RESTORE_ASK_AGAIN_MS);
  }

  /**
   * Goes on with what there is to read; one that fails is taken up again later. Never throws. The alarm of an open Tally
   * is the Tally's own, which somebody may have set meanwhile.
   */
  async alarm(): Promise<void> {
    const { store, clock } = this.#deps;
    // Whoever dies in here is called again.
    store.alarm.set(clock.now() + RESTORE_BACKOFF_MAX_MS);
    this.#notBefore = Number.NEGATIVE_INFINITY;
    if (this.#phase === "asking") return this.#ask();
    try {
      await this.#load();
      this.#failures = 0;
      if (this.#is("correcting")) await this.#awaitCorrection();
      if (this.#is("correcting")) store.alarm.set(this.#orderedAt + RESTORE_ASK_AGAIN_MS);
      else if (!this.#is("open")) store.alarm.set(clock.now());
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /**
   * One list and one or two rows: a new Tally is open after it. While these fail, callers wait for the alarm, however
   * many they are. Never throws.
   */
  async #ask(): Promise<void> {
    if (this.#deps.clock.now() < this.#notBefore) return;
    this.#asking ??= this.#askOnce()
      .then(
        () => {
          this.#failures = 0;
        },
        (cause: unknown) => this.#failed(cause),
      )
      .finally(() => {
        this.#asking = undefined;
      });
    await this.#asking;
  }

  #failed(cause: unknown): void {
    const { store, clock, log, random, name } = this.#deps;
    this.#failures += 1;
    this.#cause = `${cause}`;
    const bounds = { min: RESTORE_BACKOFF_MIN_MS, max: RESTORE_BACKOFF_MAX_MS };
    this.#notBefore = clock.now() + backoffMs(this.#failures, random.fraction(), bounds);
    store.alarm.set(this.#notBefore);
    log.error("tally.restore-failed", { tally: name, phase: this.#phase, cause: this.#cause });
  }

  async #askOnce(): Promise<void> {
    const { store, shard, rawLog, shards, clock, log, name } = this.#deps;
    const [names, totals] = await Promise.all([
      rawLog.list(indexPrefix(shard)),
      shards.totals(shard, undefined, 1),
    ]);
    // Cells reach the database before totals do.
    const known = names.length + totals.length > 0;
    const lost = known || (await shards.cells(shard, undefined, 1)).length > 0;
    this.#enter(lost ? "index" : "open", () => {
      if (!lost) return;
      // Rows that come again, or were on their way, are `late`: correction knows them by their ids.
      store.restore.saveHorizon(clock.now());
      store.alarm.set(clock.now());
    });
    if (lost) log.warn("tally.lost", { tally: name });
  }

  #load(): Promise<void> {
    this.#loading ??= this.#loadSome().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadSome(): Promise<void> {
    for (let step = 0; step < RESTORE_STEPS_PER_ALARM; step += 1) {
      switch (this.#phase) {
        case "index":
          if (await loadIndex(this.#deps)) this.#enter("totals");
          break;
        case "totals":
          if (await loadTotals(this.#deps)) this.#enter("cells");
          break;
        case "cells":
          if (await loadCells(this.#deps, this.#archived())) await this.#settle();
          break;
        default:
          return;
      }
      await this.#deps.store.durable();
    }
  }

  /** The same for every page of cells: while these are loaded nothing is archived. */
  #archived(): readonly Coverage[] {
    this.#coverage ??= coverageOf(this.#deps.store.restore.ranges());
    return this.#coverage;
  }

  async #settle(): Promise<void> {
    const { store, log, name } = this.#deps;
    const save = await settleRestored(this.#deps);
    this.#enter("correcting", save);
    const dirty = store.restore.dirty();
    log.warn("tally.restored", { tally: name, hoursToCorrect: dirty !== undefined });
    this.#openIfSettled();
  }

  async #awaitCorrection(): Promise<void> {
    const { store, shard, correctors, clock } = this.#deps;
    if (this.#openIfSettled()) return;
    const dirty = store.restore.dirty();
    if (dirty === undefined || clock.now() < this.#orderedAt + RESTORE_ASK_AGAIN_MS) return;
    this.#orderedAt = clock.now();
    store.alarm.set(clock.now() + RESTORE_ASK_AGAIN_MS);
    const { waiting, running } = await correctors.status(shard);
    if (waiting > 0 || running !== undefined) return;
    const { first: from, last } = dirty;
    const order = { kind: "hours", from, to: last + HOUR_MS, reason: "rebuild" } as const;
    await correctors.correct(shard, order);
  }

  #openIfSettled(): boolean {
    if (this.#deps.store.restore.dirty() !== undefined) return false;
    this.#enter("open");
    return true;
  }

  #enter(phase: RestorePhase, also: () => void = () => undefined): void {
    const { store } = this.#deps;
    store.atomically(() => {
      also();
      store.restore.savePhase(phase);
    });
    this.#phase = phase;
  }

  /** Asked anew after each await, which may have moved it. */
  #is(phase: RestorePhase): boolean {
    return this.#phase === phase;
  }

  #demand(admitted: boolean): void {
    if (admitted) return;
    const why = this.#failures > 0 ? `, last failure: ${this.#cause}` : "";
    throw new Error(`${this.#deps.name} is being restored (${this.#phase}${why})`);
  }
}
