import { HOUR_MS, RAW_RETENTION_MS } from "../limits.ts";
import { hourOf } from "./ledger.ts";

/** Events of `fromAt <= at < toAt`, ms; without a `toAt` for ever. */
export interface DecidedTime {
  readonly fromAt: number;
  readonly toAt?: number | undefined;
}

/** What becomes of the hours that a decision is about. */
export interface DecidedHours {
  /** `from <= hour < to`, ms: over, and their events are kept. Absent: there are none. */
  readonly correctable?: { readonly from: number; readonly to: number };
  /** Hours before this one, ms, stay as they are: their events are gone. Absent: none of the decision's are. */
  readonly goneBefore?: number;
  /** Some of the time is of hours that are not over: they are judged so when their turn comes. */
  readonly goesOn: boolean;
}

export const decidedHours = ({ fromAt, toAt }: DecidedTime, now: number): DecidedHours => {
  const underWay = hourOf(now);
  const kept = hourOf(now - RAW_RETENTION_MS);
  const end = toAt === undefined ? Number.POSITIVE_INFINITY : hourOf(toAt - 1) + HOUR_MS;
  const from = Math.max(hourOf(fromAt), kept);
  const to = Math.min(end, underWay);
  return {
    ...(from < to && { correctable: { from, to } }),
    ...(hourOf(fromAt) < kept && { goneBefore: kept }),
    goesOn: end > underWay,
  };
};
