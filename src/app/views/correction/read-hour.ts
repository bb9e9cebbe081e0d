import { rulesOfHour } from "../rules-of-hour.ts";
import { AppliedRecords } from "./applied-records.ts";
import { Places } from "./places.ts";
import { readObject } from "./read-object.ts";
import { type CorrectorDeps, type HourRun, nothing, type Phase, type Step } from "./run.ts";

type ReadPhase = Extract<Phase, { readonly name: "read" }>;

/** Reads the next object of the hour's raw log. */
export const readHour = async (
  deps: CorrectorDeps,
  run: HourRun,
  { sealed }: ReadPhase,
): Promise<Step> => {
  const { store, rawLog } = deps;
  const hour = run.job.startMs;
  const object = store.work.nextObject();
  if (object === undefined) {
    const phase = { name: "fold", sealed, minute: hour, slices: 0 } as const;
    return { events: 1, run: { ...run, phase }, save: nothing };
  }
  const places = new Places(store.results.places());
  const applied = new AppliedRecords(run.findings.records);
  const ruleOn = await rulesOfHour(deps, hour);
  const read = await readObject({ rawLog, places, ruleOn, applied, hour }, object);
  if (read.status === "unsound") {
    const findings = { ...run.findings, notes: [...run.findings.notes, read.reason] };
    const phase = { name: "give up", outcome: "gap", sealed } as const;
    return { events: object.events, run: { ...run, findings, phase }, save: nothing };
  }
  return {
    events: object.events,
    run: { ...run, findings: { ...run.findings, records: applied.list() } },
    save: () => {
      store.results.addPlaces(places.takeNew());
      store.work.saveObject(object.name, read.minutes);
    },
  };
};
