import {
  CORRECTION_EVENTS_PER_ALARM,
  CORRECTION_REGION_ROWS,
  FINALISE_MAX_CONTENTS,
} from "../../../core/limits.ts";
import type { CorrectedDay } from "../../../ports/statistics-tables.ts";
import { ContentWalk } from "./content-walk.ts";
import { correctedDay, cursorsOf } from "./day-rows.ts";
import { Places } from "./places.ts";
import { type CorrectorDeps, type DayRun, nothing, type Step } from "./run.ts";

/** Writes uniques and regions of the day, the next contents of it. */
export const walkDay = async (deps: CorrectorDeps, run: DayRun): Promise<Step> => {
  const { from } = run;
  if (from === undefined) return beginDay(deps, run);
  const { store, calendar, shard, statistics, limits } = deps;
  const { startMs, endMs } = run.job;
  const kept = store.results.results(startMs, endMs).filter((result) => result.kept);
  const walk = new ContentWalk(
    kept.flatMap((result) => cursorsOf(store, result, from)),
    [],
  );
  const places = new Places(store.results.places());
  const day = calendar.dayOf(startMs);
  const of = { day, shard, run: run.run, final: run.final, places };
  const rows: CorrectedDay[] = [];
  const max = limits?.contentsPerChunk ?? FINALISE_MAX_CONTENTS;
  let events = 1;
  let regions = 0;
  while (
    rows.length < max &&
    events < CORRECTION_EVENTS_PER_ALARM &&
    regions < CORRECTION_REGION_ROWS
  ) {
    const walked = walk.next();
    if (walked === undefined) break;
    events += walked.entries;
    const row = correctedDay(walked, of);
    regions += row.places.length;
    rows.push(row);
  }
  if (rows.length > 0) await statistics.saveUniques(rows);
  const to = walk.peek();
  return {
    events,
    ...(to === undefined ? endDay(deps, run) : { run: { ...run, from: to }, save: nothing }),
  };
};

/** The day is final when it is over and nothing of it waits for a correction, or never had one. */
const beginDay = async (
  { store, tallies, shard, clock }: CorrectorDeps,
  run: DayRun,
): Promise<Step> => {
  const { startMs, endMs } = run.job;
  const hours = await tallies.hours(shard);
  const isSettled = hours.every(({ hour, dirty }) => {
    if (hour < startMs || hour >= endMs) return true;
    const result = store.results.result(hour);
    return !dirty && result?.outcome === "done" && result.kept;
  });
  const final = isSettled && clock.now() >= endMs;
  return { events: 1, run: { ...run, from: "", final }, save: nothing };
};

const endDay = ({ store, clock }: CorrectorDeps, { job }: DayRun): Pick<Step, "run" | "save"> => ({
  run: undefined,
  save: () => {
    if (clock.now() >= job.endMs) store.results.setDayDone(job.startMs);
  },
});
