import type { StreamStatus } from "../../protocol/live-messages.ts";

/** A stream's numbers as readers get them. */
export interface StreamNumbers {
  readonly status: StreamStatus | "planned";
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
  readonly uniqueToday: number;
  readonly recent: number;
  /** When they were true, unix ms. */
  readonly asOf: number;
}

/** Leaves out what is not for readers. */
export const shownNumbers = (numbers: StreamNumbers): StreamNumbers => {
  const { status, viewers, peak, total, uniqueToday, recent, asOf } = numbers;
  return { status, viewers, peak, total, uniqueToday, recent, asOf };
};

/** Of a stream that never was live. */
export const noNumbers = (status: "planned" | "ended", asOf: number): StreamNumbers => ({
  status,
  viewers: 0,
  peak: 0,
  total: 0,
  uniqueToday: 0,
  recent: 0,
  asOf,
});
