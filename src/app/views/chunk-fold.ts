import { judge, raiseHorizon, remember } from "../../core/views/fold.ts";
import { hourOf, type Ledger } from "../../core/views/ledger.ts";
import { VERDICTS } from "../../core/views/verdict.ts";
import { CountedWindow } from "../../core/views/window.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { decodeFrame, framesOf } from "../../protocol/frame.ts";
import type { TallyStatus } from "../../protocol/object-rpc.ts";
import { loggedEvents } from "./logged-events.ts";

export interface FoldedChunk {
  /** A code a frame, in the frames' order. */
  readonly verdicts: Uint8Array;
  /** Largest event time, ms. */
  readonly newestAt: number;
  readonly unreadable: number;
}

/** Folds chunks into a ledger, with the window of counted views and the horizon behind which it forgets. */
export class ChunkFold {
  readonly #store: TallyStore;
  readonly #ledger: Ledger;
  #horizon: number;
  #window: CountedWindow | undefined;

  constructor(store: TallyStore, ledger: Ledger) {
    this.#store = store;
    this.#ledger = ledger;
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
      const event = decodeFrame(piece)?.event;
      if (event === undefined) {
        verdicts.push(VERDICTS.unreadable);
        unreadable += 1;
        continue;
      }
      const verdict = judge(window, this.#horizon, event);
      verdicts.push(VERDICTS[verdict]);
      newestAt = Math.max(newestAt, event.at);
      const hour = hourOf(event.at);
      if (verdict === "counted") this.#ledger.count({ content: event.content, hour }, position);
      if (verdict === "late") this.#dirty(hour, position);
    }
    return { verdicts: Uint8Array.from(verdicts), newestAt, unreadable };
  }

  status(): Pick<TallyStatus, "horizon" | "windowEntries" | "approximateMinutes"> {
    return {
      horizon: this.#horizon,
      windowEntries: this.#window?.size ?? 0,
      approximateMinutes: this.#window?.approximateMinutes ?? 0,
    };
  }

  /** Built from stored verdicts at the first chunk after a wake: a read needs none of it. */
  #ensureWindow(): CountedWindow {
    if (this.#window !== undefined) return this.#window;
    const window = new CountedWindow();
    for (const { frame, verdict } of loggedEvents(this.#store.entriesSince(this.#horizon))) {
      if (verdict === "counted" && frame !== undefined && frame.event.at >= this.#horizon) {
        remember(window, frame.event);
      }
    }
    this.#window = window;
    return window;
  }

  #dirty(hour: number, position: number): void {
    this.#store.saveHour(hour, { ...this.#store.hour(hour), dirtiedAt: position });
  }
}
