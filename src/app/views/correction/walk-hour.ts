import type { ContentId } from "../../../core/ids.ts";
import {
  CORRECTION_EVENTS_PER_ALARM,
  CORRECTION_REGION_ROWS,
  FINALISE_MAX_CONTENTS,
} from "../../../core/limits.ts";
import type { CorrectedDay } from "../../../ports/statistics-tables.ts";
import type { FinaliseRequest } from "../../../protocol/correction-rpc.ts";
import { again } from "./begin-hour.ts";
import { ContentWalk } from "./content-walk.ts";
import { correctedDay, cursorsOf } from "./day-rows.ts";
import { Places } from "./places.ts";
import { type CorrectorDeps, type HourRun, nothing, type Phase, type Step } from "./run.ts";

type WalkPhase = Extract<Phase, { readonly name: "walk" }>;

interface Chunk {
  readonly cells: readonly (readonly [ContentId, number])[];
  readonly rows: readonly CorrectedDay[];
  readonly events: number;
  /** First content behind it; `undefined`: it is the last. */
  readonly to: ContentId | undefined;
}

/** Brings what the hour counted to the Tally and the database, the next contents of it. */
export const walkHour = async (
  deps: CorrectorDeps,
  run: HourRun,
  phase: WalkPhase,
): Promise<Step> => {
  const { statistics, tallies, shard } = deps;
  const { cells, rows, events, to } = cutChunk(deps, run, phase);
  const request: FinaliseRequest = {
    hour: run.job.startMs,
    run: run.run,
    through: phase.sealed.through,
    range: to === undefined ? { from: phase.from } : { from: phase.from, to },
    cells,
  };
  const answer = await tallies.finalise(shard, request);
  if (answer.status !== "done") return { events, ...refused(deps, run, phase, answer) };
  if (rows.length > 0) await statistics.saveUniques(rows);
  const { sealed, slices, isPartial } = phase;
  const next: Phase =
    to === undefined ? { name: "end", sealed, slices, isPartial } : { ...phase, from: to };
  const findings = { ...run.findings, changed: answer.changed };
  return { events, run: { ...run, findings, phase: next }, save: nothing };
};

const cutChunk = (deps: CorrectorDeps, run: HourRun, phase: WalkPhase): Chunk => {
  const { store, calendar, shard, limits } = deps;
  const hour = run.job.startMs;
  const day = calendar.dayOf(hour);
  const { from, slices, isPartial } = phase;
  const others = isPartial
    ? []
    : store.results
        .results(day.startMs, day.endMs)
        .filter((result) => result.kept && result.hour !== hour)
        .flatMap((result) => cursorsOf(store, result, from));
  const walk = new ContentWalk(cursorsOf(store, { hour, run: run.run, slices }, from), others);
  const places = new Places(store.results.places());
  const cells: (readonly [ContentId, number])[] = [];
  const rows: CorrectedDay[] = [];
  const max = limits?.contentsPerChunk ?? FINALISE_MAX_CONTENTS;
  let events = 1;
  let regions = 0;
  while (
    cells.length < max &&
    events < CORRECTION_EVENTS_PER_ALARM &&
    regions < CORRECTION_REGION_ROWS
  ) {
    const walked = walk.next();
    if (walked === undefined) break;
    events += walked.entries;
    cells.push([walked.content, walked.views]);
    if (isPartial) continue;
    const row = correctedDay(walked, { day, shard, run: run.run, final: false, places });
    regions += row.places.length;
    rows.push(row);
  }
  return { cells, rows, events, to: walk.peek() };
};

const refused = (
  { store }: CorrectorDeps,
  run: HourRun,
  { sealed }: WalkPhase,
  answer: { readonly status: "superseded" | "closed" | "ahead" | "stale" },
): Pick<Step, "run" | "save"> => {
  if (answer.status === "stale" || answer.status === "ahead") return again(store.queue, run.job);
  const notes = [...run.findings.notes, `the hour is ${answer.status}`];
  const outcome = answer.status === "superseded" ? "superseded" : "gap";
  const phase: Phase = { name: "give up", outcome, sealed };
  return { run: { ...run, phase, findings: { ...run.findings, notes } }, save: nothing };
};
