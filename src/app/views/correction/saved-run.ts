import type { CorrectorStore } from "../../../ports/corrector-store.ts";
import type { Run } from "./run.ts";

type Notes = Pick<CorrectorStore, "notes">;

/** Of another format is only what an earlier version left: then its hour begins anew. */
const FORMAT = 2;

export const readRun = ({ notes }: Notes): Run | undefined => {
  const text = notes.note("run") ?? "";
  if (text === "") return undefined;
  const saved = JSON.parse(text) as { readonly format: number; readonly run: Run };
  if (saved.format === FORMAT) return saved.run;
  const { job, run, startedAt } = saved.run;
  return newRun(job, run, startedAt);
};

export const saveRun = ({ notes }: Notes, run: Run | undefined): void =>
  notes.setNote("run", run === undefined ? "" : JSON.stringify({ format: FORMAT, run }));

export const newRun = (job: Run["job"], run: number, startedAt: number): Run =>
  job.kind === "day"
    ? { kind: "day", job, run, startedAt, from: undefined, final: false }
    : { kind: "hour", job, run, startedAt, phase: { name: "begin" }, findings: NO_FINDINGS };

/** Larger than any before it, and than those of a storage that was lost. */
export const mintRun = ({ notes }: Notes, now: number): number => {
  const run = Math.max(now, Number(notes.note("last-run") ?? 0) + 1);
  notes.setNote("last-run", `${run}`);
  return run;
};

const NO_FINDINGS = {
  events: 0,
  copies: 0,
  verdicts: {},
  records: [],
  changed: 0,
  after: 0,
  notes: [],
} as const;
