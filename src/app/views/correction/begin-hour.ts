import { CARRY_ASK_MS, HOUR_MS } from "../../../core/limits.ts";
import type { CorrectionQueue, WaitingJob } from "../../../ports/corrector-store.ts";
import { encodeCarry } from "../../../protocol/carry.ts";
import type { SealAnswer } from "../../../protocol/correction-rpc.ts";
import { type CarryIn, carryIn } from "./carry-in.ts";
import { type CorrectorDeps, type HourRun, nothing, type Step } from "./run.ts";

/** Finds what the hour begins with, and has the Tally fix what there is to read. */
export const beginHour = async (deps: CorrectorDeps, run: HourRun): Promise<Step> => {
  const { store, shard, tallies } = deps;
  const hour = run.job.startMs;
  const carry = await carryIn(deps, run.job, await tallies.hours(shard));
  if (carry.status !== "ready") return wait(deps, run, carry);
  const answer = await tallies.seal(shard, hour, run.run);
  const findings = { ...run.findings, notes: [...run.findings.notes, ...carry.notes] };
  return {
    events: 1,
    ...sealed(deps, { ...run, findings }, answer, () =>
      store.results.saveCarry(hour, run.run, encodeCarry(hour, carry.keys)),
    ),
  };
};

/** Puts the hour back until what it needs is there. */
const wait = (
  { store, clock }: CorrectorDeps,
  { job }: HourRun,
  carry: Exclude<CarryIn, { readonly status: "ready" }>,
): Step => {
  const now = clock.now();
  const since = job.since === 0 ? now : job.since;
  const first = carry.status === "first" ? carry.hour : undefined;
  // What stands before it goes first anyway, unless that has to wait itself.
  const isHeldUp = store.queue.jobs().some((it) => it.startMs === first && it.notBefore > now);
  const notBefore = first === undefined || isHeldUp ? now + CARRY_ASK_MS : job.notBefore;
  return {
    events: 1,
    run: undefined,
    save: () => {
      if (first !== undefined) orderHour(store.queue, first);
      store.queue.add({ ...job, since, notBefore });
    },
  };
};

/** By way of an order, so that what else its day needs comes with it. */
export const orderHour = (queue: CorrectionQueue, hour: number): void =>
  queue.addOrder({ kind: "hours", from: hour, to: hour + HOUR_MS, reason: "carry" });

const sealed = (
  { store }: CorrectorDeps,
  run: HourRun,
  answer: SealAnswer,
  saveCarry: () => void,
): Pick<Step, "run" | "save"> => {
  if (answer.status === "sealed") {
    const { through, views: before, objects } = answer;
    return {
      run: { ...run, phase: { name: "read", sealed: { through, before } } },
      save: () => {
        store.work.clear();
        store.work.setObjects(objects);
        saveCarry();
      },
    };
  }
  if (answer.status === "superseded") {
    // Our storage is older than what it says it did: from here on its runs have larger numbers.
    store.notes.setNote("last-run", `${answer.run}`);
    return again(store.queue, run.job);
  }
  const notes = [...run.findings.notes, `the hour is ${answer.status}`];
  const standing =
    answer.status === "incomplete" ? { through: answer.through, before: answer.views } : undefined;
  const phase = { name: "give up", outcome: "gap", sealed: standing } as const;
  return { run: { ...run, findings: { ...run.findings, notes }, phase }, save: nothing };
};

/** The run is over, its hour is not. */
export const again = (queue: CorrectionQueue, job: WaitingJob): Pick<Step, "run" | "save"> => ({
  run: undefined,
  save: () => queue.add(job),
});
