import type { ContentId } from "../../core/ids.ts";
import { SLOTS_MAX_CONTENTS } from "../../core/limits.ts";
import { type SlotSums, SlotWindow } from "../../core/views/slot-window.ts";
import { firstRankedSlot, KEPT_SLOTS, slotOf } from "../../core/views/slots.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SlotRow, SlotStore } from "../../ports/slot-store.ts";

interface SlotsDeps {
  readonly store: Pick<SlotStore, "add" | "newest" | "load" | "of" | "deleteBefore">;
  readonly clock: Clock;
}

/**
 * Counted views of a shard by content and slot, of the last two hours. What was counted since the checkpoint is in memory
 * and counted again from the log by the next life, as cells are; all of it only when somebody wants to know. What is
 * told of it follows the fold alone: correction changes nothing here.
 */
export class Slots {
  readonly #deps: SlotsDeps;
  #unsaved = new Map<number, Map<ContentId, number>>();
  #newest: number | undefined;
  #window: SlotWindow | undefined;
  #loadedIn = 0;
  /** Contents may be missing in the window. */
  #isPartial = false;
  #deletedBefore = 0;
  #changed: (() => void) | undefined;

  constructor(deps: SlotsDeps) {
    this.#deps = deps;
    this.#newest = deps.store.newest();
  }

  /** @param changed is told of every view */
  watch(changed: () => void): void {
    this.#changed = changed;
  }

  /** One more counted view. */
  count(content: ContentId, at: number): void {
    const slot = slotOf(at);
    const now = this.#slotNow();
    // Of one far ahead no clock of ours is the source.
    if (slot <= now - KEPT_SLOTS || slot > now + 1) return;
    this.#newest = Math.max(this.#newest ?? slot, slot);
    const contents = this.#unsaved.get(slot) ?? new Map<ContentId, number>();
    this.#unsaved.set(slot, contents);
    contents.set(content, (contents.get(content) ?? 0) + 1);
    if (this.#window !== undefined) this.#note(this.#window, { content, slot, counted: 1 });
    this.#changed?.();
  }

  /** Whether the two windows have any view in them. @param slot the one under way */
  isAnyLeft(slot: number): boolean {
    return this.#newest !== undefined && this.#newest >= firstRankedSlot(slot);
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  /** @param slot the one under way */
  sums(slot: number): Iterable<SlotSums> {
    // What was above those left out may have fallen below them.
    if (this.#isPartial && slot !== this.#loadedIn) this.#window = undefined;
    this.#window ??= this.#load(slot);
    return this.#window.sums(slot);
  }

  /** Saves what was counted, as part of the transaction that saves the cells of it, and deletes what is old. */
  save(): void {
    const { store } = this.#deps;
    store.add(this.#unsavedRows());
    this.#unsaved = new Map();
    const first = this.#slotNow() - KEPT_SLOTS + 1;
    if (first > this.#deletedBefore) {
      store.deleteBefore(first);
      this.#deletedBefore = first;
    }
    if ((this.#window?.size ?? 0) > SLOTS_MAX_CONTENTS) this.#cut();
  }

  #slotNow(): number {
    return slotOf(this.#deps.clock.now());
  }

  *#unsavedRows(): Generator<SlotRow> {
    for (const [slot, contents] of this.#unsaved) {
      for (const [content, counted] of contents) yield { slot, content, counted };
    }
  }

  #load(slot: number): SlotWindow {
    const window = new SlotWindow(slot);
    const from = slot - KEPT_SLOTS + 1;
    // Not as many as the window has then: a slot that came early may have pushed some of them out.
    const loaded = new Set<ContentId>();
    for (const row of this.#deps.store.load(from, SLOTS_MAX_CONTENTS)) {
      loaded.add(row.content);
      window.add(row.content, row.slot, row.counted);
    }
    this.#loadedIn = slot;
    this.#isPartial = loaded.size >= SLOTS_MAX_CONTENTS;
    for (const row of this.#unsavedRows()) this.#note(window, row);
    return window;
  }

  /** Everything in the window is saved: whoever comes back is read again. */
  #cut(): void {
    this.#window?.keepMost(Math.floor((SLOTS_MAX_CONTENTS * 3) / 4));
    this.#isPartial = true;
  }

  #note(window: SlotWindow, { content, slot, counted }: SlotRow): void {
    if (this.#isPartial && !window.has(content)) {
      const now = this.#slotNow();
      const saved = this.#deps.store.of(content, now - KEPT_SLOTS + 1, now + 1);
      for (const row of saved) window.add(content, row.slot, row.counted);
    }
    window.add(content, slot, counted);
  }
}
