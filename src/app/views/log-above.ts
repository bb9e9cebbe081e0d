import type { ContentId } from "../../core/ids.ts";
import { hourOf } from "../../core/views/ledger.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { timeOfFrame } from "../../protocol/frame.ts";
import { loggedEvents } from "./logged-events.ts";

/** What came of an hour above the position that a correction run read up to. */
export class LogAbove {
  readonly hour: number;
  readonly through: number;
  /** Counted views by content; 0 where all that came is not counted. */
  readonly counted = new Map<ContentId, number>();
  #lastPosition = 0;
  #readThrough: number;

  constructor(hour: number, through: number) {
    this.hour = hour;
    this.through = through;
    this.#readThrough = through;
  }

  /** Position of the last event of the hour; 0: none came. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  /** Reads on from where it ended the last time: a run settles its hour in many chunks. */
  readOn(store: Pick<TallyStore, "entriesAbove">): void {
    for (const entry of store.entriesAbove(this.#readThrough)) {
      this.#readThrough = entry.position;
      for (const { verdict, frame } of loggedEvents([entry], this.#isOfHour)) {
        if (frame === undefined) continue;
        const { content } = frame.event;
        const counted = this.counted.get(content) ?? 0;
        this.counted.set(content, verdict === "counted" ? counted + 1 : counted);
        this.#lastPosition = entry.position;
      }
    }
  }

  /** By the time alone: what lies above is mostly of hours that are still going on. */
  readonly #isOfHour = (bytes: Uint8Array): boolean => {
    const at = timeOfFrame(bytes);
    return at !== undefined && hourOf(at) === this.hour;
  };
}
