import { beginHour } from "./begin-hour.ts";
import { endHour, giveUpHour } from "./end-hour.ts";
import { foldHour } from "./fold-hour.ts";
import { readHour } from "./read-hour.ts";
import type { CorrectorDeps, HourRun, Run, Step } from "./run.ts";
import { walkDay } from "./walk-day.ts";
import { walkHour } from "./walk-hour.ts";

/** The next step of a run. Nothing of it is saved until its `save` is called. */
export const advance = (deps: CorrectorDeps, run: Run): Promise<Step> =>
  run.kind === "day" ? walkDay(deps, run) : advanceHour(deps, run);

const advanceHour = async (deps: CorrectorDeps, run: HourRun): Promise<Step> => {
  const { phase } = run;
  switch (phase.name) {
    case "begin":
      return beginHour(deps, run);
    case "read":
      return readHour(deps, run, phase);
    case "fold":
      return foldHour(deps, run, phase);
    case "walk":
      return walkHour(deps, run, phase);
    case "end":
      return endHour(deps, run, phase);
    case "give up":
      return giveUpHour(deps, run, phase);
  }
};
