/** One chunk as it was folded. */
export interface LogEntry {
  readonly position: number;
  readonly source: string;
  readonly frames: Uint8Array;
  /** A verdict code a frame, in the frames' order. */
  readonly verdicts: Uint8Array;
}
