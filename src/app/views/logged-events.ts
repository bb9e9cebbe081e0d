import { type Verdict, verdictOf } from "../../core/views/verdict.ts";
import type { LogEntry } from "../../ports/log-entry.ts";
import { decodeFrame, type Frame, framesOf } from "../../protocol/frame.ts";

export interface LoggedEvent {
  readonly position: number;
  readonly verdict: Verdict;
  /** Absent when the bytes are unreadable. */
  readonly frame: Frame | undefined;
}

/**
 * The events of log entries with the verdicts they got.
 * @param isWanted asked of each frame's bytes: the others are passed over, and not decoded
 */
export function* loggedEvents(
  entries: Iterable<LogEntry>,
  isWanted: (bytes: Uint8Array) => boolean = () => true,
): Generator<LoggedEvent> {
  for (const { position, frames, verdicts } of entries) {
    let index = 0;
    for (const piece of framesOf(frames)) {
      const verdict = verdictOf(verdicts[index] ?? -1);
      index += 1;
      if (isWanted(piece)) yield { position, verdict, frame: decodeFrame(piece) };
    }
  }
}
