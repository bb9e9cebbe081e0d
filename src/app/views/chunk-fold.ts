import { judge, raiseHorizon, remember } from "../../core/views/fold.ts";
import { hourOf, type Ledger } from "../../core/views/ledger.ts";
import { VERDICTS, type Verdict } from "../../core/views/verdict.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import { CountedWindow } from "../../core/views/window.ts";
import type { LogEntry } from "../../ports/log-entry.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { decodeFrame, framesOf } from "../../protocol/frame.ts";
import type { TallyStatus } from "../../protocol/object-rpc.ts";
import type { Hours } from "./hours.ts";
import { loggedEvents } from "./logged-events.ts";
import type { Slots } from "./slots.ts";
import type { SuspicionWatch } from "./suspicion-watch.ts";

export interface FoldedChunk {
  /** A code a frame, in the frames' order. */
  readonly verdicts: Uint8Array;
  /** Largest event time, ms. */
  readonly newestAt: number;
  readonly unreadable: number;
}

export interface ChunkFoldDeps {
  readonly store: TallyStore;
  readonly ledger: Ledger;
  readonly hours: Hours;
  readonly slots: Pick<Slots, "count">;
  /** What looks at events beside the fold, and may have some of them held; absent, nobody does. */
  readonly watch?: Pick<SuspicionWatch, "isHeld" | "see" | "recall"> | undefined;
}

/** Folds chunks into a ledger, with the window of counted views and the horizon behind which it forgets. */
export class ChunkFold {
  readonly #store: TallyStore;
  readonly #ledger: Ledger;
  readonly #hours: Hours;
  readonly #slots: ChunkFoldDeps["slots"];
  readonly #watch: ChunkFoldDeps["watch"];
  #horizon: number;
  #window: CountedWindow | undefined;

  constructor({ store, ledger, hours, slots, watch }: ChunkFoldDeps) {
    this.#store = store;
    this.#ledger = ledger;
    this.#hours = hours;
    this.#slots = slots;
    this.#watch = watch;
    this.#horizon = store.horizon();
  }

  get horizon(): number {
    return this.#horizon;
  }

  moveHorizon(now: number): void {
    this.#horizon = raiseHorizon(this.#horizon, now);
    this.#window?.dropBelow(this.#horizon);
  }

  /** @param position of the chunk in the log, the version of what it changes */
  run(frames: Uint8Array, position: number): FoldedChunk {
    const window = this.#ensureWindow();
    const verdicts: number[] = [];
    let newestAt = 0;
    let unreadable = 0;
    for (const piece of framesOf(frames)) {
      const frame = decodeFrame(piece);
      if (frame === undefined) {
        verdicts.push(VERDICTS.unreadable);
        unreadable += 1;
        continue;
      }
      const { event } = frame;
      const verdict = judge(window, this.#horizon, event, this.#watch?.isHeld(event));
      this.#watch?.see(frame, verdict);
      verdicts.push(VERDICTS[verdict]);
      newestAt = Math.max(newestAt, event.at);
      this.#note(event, verdict, position);
    }
    return { verdicts: Uint8Array.from(verdicts), newestAt, unreadable };
  }

  /** Brings a chunk of the log into the ledger, as it was judged. */
  replay(entry: LogEntry): void {
    for (const { frame, verdict } of loggedEvents([entry])) {
      if (frame !== undefined) this.#note(frame.event, verdict, entry.position);
    }
  }

  status(): Pick<TallyStatus, "horizon" | "windowEntries" | "approximateMinutes"> {
    return {
      horizon: this.#horizon,
      windowEntries: this.#window?.size ?? 0,
      approximateMinutes: this.#window?.approximateMinutes ?? 0,
    };
  }

  #note({ at, content }: ViewEvent, verdict: Verdict, position: number): void {
    const hour = hourOf(at);
    if (verdict === "counted") {
      this.#ledger.count({ content, hour }, position);
      this.#slots.count(content, at);
    }
    const isOpen = this.#hours.happened(hour, verdict, position);
    if (isOpen) this.#ledger.mark({ content, hour }, false, position);
  }

  /** Built from stored verdicts at the first chunk after a wake: a read needs none of it. */
  #ensureWindow(): CountedWindow {
    if (this.#window !== undefined) return this.#window;
    const window = new CountedWindow();
    for (const { frame, verdict } of loggedEvents(this.#store.entriesSince(this.#horizon))) {
      if (frame === undefined || frame.event.at < this.#horizon) continue;
      if (verdict === "counted") remember(window, frame.event);
      this.#watch?.recall(frame, verdict);
    }
    this.#window = window;
    return window;
  }
}
