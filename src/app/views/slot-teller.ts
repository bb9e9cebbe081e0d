import { SLOTS_TELL_EVERY_MS } from "../../core/limits.ts";
import { stamp } from "../../core/stamp.ts";
import { type ShardSchedule, spreadBetween } from "../../core/views/shards.ts";
import { firstRankedSlot, SLOT_MS, slotOf } from "../../core/views/slots.ts";
import { toldSlots } from "../../core/views/told-slots.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { SlotStore, SlotsTold } from "../../ports/slot-store.ts";
import type { ViewRankings } from "../../ports/view-rankings.ts";
import type { SlotViews } from "../../protocol/rankings-rpc.ts";
import type { ContentCategories } from "./content-categories.ts";
import { SlotPace } from "./slot-pace.ts";
import type { Slots } from "./slots.ts";

export interface SlotTellerDeps {
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly shard: number;
  readonly generation: number;
  readonly store: Pick<SlotStore, "told" | "saveTold">;
  readonly slots: Pick<Slots, "watch" | "isAnyLeft" | "hasUnsaved" | "sums">;
  readonly categories: Pick<ContentCategories, "of" | "learn" | "restsUntil">;
  readonly rankings: Pick<ViewRankings, "publish">;
  readonly schedule: ShardSchedule;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
  /** Runs work in a transaction. */
  commit(work: () => void): void;
  /** Nothing is under way any more; when the next telling is due has changed. Within a transaction. */
  rested(): void;
}

/**
 * Tells the object of rankings how often a shard's contents were viewed in the last hour and in the one before: soon
 * after a change, and at the end of each slot while anything is left, since numbers fall without events. Nobody waits
 * for it. What is told are absolute numbers under a version of their own, which is on disk before they leave; so one
 * telling more does no harm, and whoever dies with one on its way begins his next life with another.
 */
export class SlotTeller {
  readonly #deps: SlotTellerDeps;
  readonly #pace: SlotPace;
  #saved: SlotsTold;
  #isFailing = false;

  /** @param deps `slots` has all of the log */
  constructor(deps: SlotTellerDeps) {
    this.#deps = deps;
    const { store, slots, clock, random } = deps;
    const now = clock.now();
    this.#saved = store.told();
    const { version, slot } = this.#saved;
    const hasNothing = version === 0 && !slots.isAnyLeft(slotOf(now));
    // What was left then may have been deleted since, and that it is gone not told: it is told once more.
    const isUnsure = slot + 1 < slotOf(now) && !slots.isAnyLeft(slot);
    const toldSlot = hasNothing ? slotOf(now) : isUnsure ? 0 : slot;
    this.#pace = new SlotPace(now, slots.hasUnsaved ? 0 : toldSlot, random.fraction());
    slots.watch(() => this.#pace.changed(clock.now()));
  }

  /** When there is something to do, unix ms; `null` is never. */
  dueAt(): number | null {
    return this.#pace.dueAt((slot) => this.#deps.slots.isAnyLeft(slot));
  }

  /** Tells what is due, in the background. */
  tend(now: number): void {
    if (this.#pace.isUnderWay) {
      this.#pace.looked(now);
      return;
    }
    const dueAt = this.dueAt();
    if (dueAt !== null && dueAt <= now) this.#deps.background(this.#tell());
  }

  /** Saves how far it is, as part of a transaction that saves the slots. */
  save(): void {
    const slot = this.#pace.toldSlot;
    if (slot !== this.#saved.slot) this.#saveTold({ ...this.#saved, slot });
  }

  /** Never fails. */
  async #tell(): Promise<void> {
    const { slots, categories, rankings, clock, commit } = this.#deps;
    this.#pace.called(clock.now());
    const isMoreToLearn = await categories.learn(slots.sums(slotOf(clock.now())));
    const asOf = clock.now();
    const slot = slotOf(asOf);
    // What changed meanwhile goes with it.
    this.#pace.called(asOf);
    const version = this.#saved.version + 1;
    commit(() => this.#saveTold({ version, slot: 0 }));
    const { shard, generation } = this.#deps;
    const contents = this.#contents(slot);
    try {
      await rankings.publish({ shard, stamp: stamp(generation, version), asOf, slot, contents });
      this.#pace.told(slot);
      this.#isFailing = false;
    } catch (cause) {
      this.#failed(cause);
    }
    if (isMoreToLearn) {
      this.#pace.owe(Math.max(clock.now() + SLOTS_TELL_EVERY_MS, categories.restsUntil));
    }
    commit(() => this.#rest());
  }

  #contents(slot: number): readonly SlotViews[] {
    const { slots, categories, schedule } = this.#deps;
    const categoryOf = categories.of.bind(categories);
    const from = firstRankedSlot(slot) * SLOT_MS;
    const isSpread = spreadBetween(schedule, from, (slot + 1) * SLOT_MS - 1);
    return toldSlots(slots.sums(slot), { categoryOf, isSpread }).map(
      ({ content, views, before }) => ({ content, category: categoryOf(content), views, before }),
    );
  }

  #failed(cause: unknown): void {
    const { log, name, clock } = this.#deps;
    if (!this.#isFailing) log.warn("tally.not-ranking", { tally: name, cause: `${cause}` });
    this.#isFailing = true;
    this.#pace.failed(clock.now());
  }

  /** What no checkpoint is to come for is saved here: what is told is not to be told again at each wake. */
  #rest(): void {
    if (!this.#deps.slots.hasUnsaved) this.save();
    this.#deps.rested();
  }

  #saveTold(told: SlotsTold): void {
    this.#deps.store.saveTold(told);
    this.#saved = told;
  }
}
