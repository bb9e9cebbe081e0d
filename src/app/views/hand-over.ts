import { type Timers, within } from "../../ports/timers.ts";
import type { GroupLane, GroupOutcome, Seat } from "./group-lane.ts";

export interface HandOverDeps {
  readonly timers: Timers;
  readonly lane: Pick<GroupLane, "join">;
}

/** How frames come to a Collector, and how long somebody waits to hear of it. */
export interface HandOver {
  readonly colo: string;
  readonly waitMs: number;
  /** Keeps work alive past the answer. */
  background(work: Promise<void>): void;
}

/** @returns what became of them; `undefined`: nothing is known in time, and they may be in or come in yet */
export const handOver = async (
  { lane, timers }: HandOverDeps,
  { colo, waitMs, background }: HandOver,
  frames: Uint8Array,
): Promise<GroupOutcome | undefined> => {
  const seat: Seat = lane.join(colo, frames);
  if (seat.carry !== undefined) background(seat.carry());
  const outcome = await within(seat.outcome, waitMs, timers);
  if (typeof outcome !== "symbol") return outcome;
  seat.leave();
  return undefined;
};
