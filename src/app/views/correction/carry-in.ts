import { CARRY_PATIENCE_MS, HOUR_MS } from "../../../core/limits.ts";
import type { CarriedKey } from "../../../core/views/refold.ts";
import type { ShardSchedule } from "../../../core/views/shards.ts";
import type { WaitingJob } from "../../../ports/corrector-store.ts";
import { decodeCarry } from "../../../protocol/carry.ts";
import type { CorrectableHour } from "../../../protocol/correction-rpc.ts";
import type { CorrectorDeps } from "./run.ts";

export type CarryIn =
  | {
      readonly status: "ready";
      readonly keys: readonly CarriedKey[];
      readonly notes: readonly string[];
    }
  /** The hour before has to be done first, here. */
  | { readonly status: "first"; readonly hour: number }
  /** Another shard has to do it first. */
  | { readonly status: "pending" };

/**
 * Counted views of the minute before an hour, by which its first minute is judged: from the hour before, corrected.
 * @param hours what the Tally holds
 * @throws when another shard does not answer
 */
export const carryIn = async (
  deps: CorrectorDeps,
  job: WaitingJob,
  hours: readonly CorrectableHour[],
): Promise<CarryIn> => {
  const { store, shard, schedule, clock } = deps;
  const before = job.startMs - HOUR_MS;
  const result = store.results.result(before);
  const isPatient = job.since === 0 || clock.now() < job.since + CARRY_PATIENCE_MS;
  const notes: string[] = [];
  const keys: CarriedKey[] = [];
  if (result?.outcome === "done") keys.push(...ownCarry(deps, before, result.run));
  else if (result?.outcome === "none") notes.push("the hour before has no result");
  else if (hours.some(({ hour }) => hour === before)) {
    if (isPatient) return { status: "first", hour: before };
    notes.push("the hour before could not be done");
  }
  for (const other of othersBefore(schedule, job.startMs)) {
    if (other === shard) continue;
    const answer = await deps.correctors.carryOut(other, before);
    if (answer.status === "pending" && isPatient) return { status: "pending" };
    if (answer.status === "pending") notes.push(`shard ${other} has not done the hour before`);
    if (answer.status === "ready") keys.push(...decodeCarry(answer.carry));
  }
  return { status: "ready", keys, notes };
};

function* ownCarry({ store }: CorrectorDeps, hour: number, run: number): Iterable<CarriedKey> {
  const carry = store.results.carry(hour, run);
  if (carry !== undefined) yield* decodeCarry(carry);
}

/** Shards that had views of the hour before which are another's from this hour on; none unless the schedule changes here. */
export const othersBefore = (schedule: ShardSchedule, hour: number): readonly number[] => {
  const index = schedule.findIndex(({ fromHourMs }) => fromHourMs === hour);
  const count = Math.max(schedule[index]?.count ?? 0, schedule[index - 1]?.count ?? 0);
  return Array.from({ length: count }, (_, shard) => shard);
};
