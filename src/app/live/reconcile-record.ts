import type { StreamId } from "../../core/ids.ts";
import type { DriftTier } from "../../core/live/drift.ts";
import type { JobRun } from "../../ports/database.ts";
import type { Random } from "../../ports/random.ts";
import { uuid } from "../uuid.ts";

/** Drift that was put right. */
export interface Finding {
  /** Of the room's own viewers, or of its number in the list of live streams. */
  readonly source: "viewers" | "list";
  readonly tier: Exclude<DriftTier, "none">;
  /** First look and end, ms. */
  readonly since: number;
  readonly endedAt: number;
  readonly before: number;
  readonly after: number;
  /** Viewers there were too many or too few. */
  readonly corrected: number;
  /** Time was up before the numbers were even. */
  readonly overdue: boolean;
}

/** As it is kept with the runs of jobs. */
export const RECONCILE_JOB = "reconcile";

export const recordOf = (stream: StreamId, finding: Finding, random: Random): JobRun => {
  const { source, tier, since, endedAt, before, after, corrected, overdue } = finding;
  return {
    id: uuid(since, random),
    job: RECONCILE_JOB,
    startedAt: since,
    durationMs: endedAt - since,
    rows: corrected,
    statements: 0,
    failures: overdue ? 1 : 0,
    detail: JSON.stringify({ stream, source, tier, before, after }),
  };
};
