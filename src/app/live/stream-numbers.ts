import type { StreamStatus } from "../../protocol/live-messages.ts";

/** A stream's numbers as readers get them. */
export interface StreamNumbers {
  readonly status: StreamStatus | "planned";
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
  readonly uniqueToday: number;
  /** Absent where it is not known any more. */
  readonly recent?: number;
  /** When they were true, unix ms. */
  readonly asOf: number;
}

/** Leaves out what is not for readers. */
export const shownNumbers = (numbers: StreamNumbers): StreamNumbers => {
  const { status, viewers, peak, total, uniqueToday, recent, asOf } = numbers;
  const shown = { status, viewers, peak, total, uniqueToday };
  return { ...shown, ...(recent !== undefined && { recent }), asOf };
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

/** What is older is not shown as if the stream were live; an end stays true. */
export const isShown = (
  { status, asOf }: Pick<StreamNumbers, "status" | "asOf">,
  maxAgeMs: number,
  now: number,
): boolean => status === "ended" || now - asOf < maxAgeMs;
