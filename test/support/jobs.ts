import type { JobRunDeps } from "../../src/app/job-run.ts";
import type { JobRun } from "../../src/ports/database.ts";

/** What a job needs besides its work, with the runs and log lines it leaves. */
export class JobDesk implements JobRunDeps {
  readonly recorded: JobRun[] = [];
  /** Names of the events that went to the log. */
  readonly logged: string[] = [];
  /** Fails instead of recording. */
  away = false;
  now: number;
  readonly jobs: JobRunDeps["jobs"] = {
    record: async (run) => {
      if (this.away) throw new Error("the database is away");
      this.recorded.push(run);
    },
  };
  readonly clock: JobRunDeps["clock"] = { now: () => this.now };
  readonly random: JobRunDeps["random"] = {
    bytes: (count) => new Uint8Array(count),
    fraction: () => 0.5,
  };
  readonly log: JobRunDeps["log"];

  constructor(now: number) {
    this.now = now;
    const note = (event: string) => void this.logged.push(event);
    this.log = { info: note, warn: note, error: note };
  }
}
