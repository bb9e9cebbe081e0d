import {
  CORRECTION_BACKOFF_MAX_MS,
  CORRECTION_BACKOFF_MIN_MS,
  CORRECTION_MAX_FAILURES,
  CORRECTION_RETURN_MS,
} from "../../../core/limits.ts";
import { backoffMs } from "../../../core/views/pacing.ts";
import type { CorrectorStore } from "../../../ports/corrector-store.ts";
import { dropRun, recordOf } from "./end-hour.ts";
import type { CorrectorDeps, HourRun } from "./run.ts";
import { readRun, saveRun } from "./saved-run.ts";

/** Failures in a row, and when to try again. */
interface Trouble {
  readonly failures: number;
  /** Ms. */
  readonly notBefore: number;
  readonly cause: string;
}

type Notes = Pick<CorrectorStore, "notes">;

const NO_TROUBLE: Trouble = { failures: 0, notBefore: 0, cause: "" };
const BACKOFF = { min: CORRECTION_BACKOFF_MIN_MS, max: CORRECTION_BACKOFF_MAX_MS };

export const readTrouble = ({ notes }: Notes): Trouble =>
  JSON.parse(notes.note("trouble") ?? JSON.stringify(NO_TROUBLE)) as Trouble;

const saveTrouble = ({ notes }: Notes, trouble: Trouble): void =>
  notes.setNote("trouble", JSON.stringify(trouble));

/** A step succeeded. */
export const forgetTrouble = (store: Notes): void => {
  if (readTrouble(store).failures > 0) saveTrouble(store, NO_TROUBLE);
};

/** A step failed: it is tried again after a growing pause, and in the end its hour gives way to others. */
export const takeTrouble = async (deps: CorrectorDeps, cause: unknown): Promise<void> => {
  const { store, clock, random, log, shard } = deps;
  const failures = readTrouble(store).failures + 1;
  log.warn("corrector.failed", { shard, failures, cause: `${cause}` });
  const run = readRun(store);
  if (failures >= CORRECTION_MAX_FAILURES && run?.kind === "hour") return passOver(deps, run);
  const notBefore = Math.ceil(clock.now() + backoffMs(failures, random.fraction(), BACKOFF));
  saveTrouble(store, { failures, notBefore, cause: `${cause}` });
};

/** What fails again and again is put back, so that other hours have a turn; its hour begins anew. */
const passOver = async (deps: CorrectorDeps, run: HourRun): Promise<void> => {
  const { store, clock, corrections, log, shard } = deps;
  const { cause } = readTrouble(store);
  log.error("corrector.passed-over", { shard, hour: run.job.startMs, cause });
  const notes = [...run.findings.notes, cause];
  const before = "sealed" in run.phase ? (run.phase.sealed?.before ?? 0) : 0;
  const told = { ...run, findings: { ...run.findings, notes, after: before } };
  try {
    await corrections.record(recordOf(deps, told, { outcome: "failed", before }));
  } catch (refusal) {
    log.warn("corrector.not-recorded", { shard, cause: `${refusal}` });
  }
  store.atomically(() => {
    dropRun(deps, run);
    store.queue.add({ ...run.job, notBefore: clock.now() + CORRECTION_RETURN_MS });
    saveRun(store, undefined);
    saveTrouble(store, NO_TROUBLE);
  });
};
