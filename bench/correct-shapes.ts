/** What `npm run bench -- correct` and its Worker say to each other. */
import type { ArchivedObject } from "../src/protocol/correction-rpc.ts";

export interface HourOrder {
  /** Its start, ms. */
  readonly hour: number;
  readonly objects: readonly ArchivedObject[];
}

/** `pipe`: streams piped into each other. `pieces`: 64 KB at a time, as the Corrector reads. */
export type BareWay = "pipe" | "pieces";

export interface BareOrder {
  readonly objects: readonly ArchivedObject[];
  readonly way: BareWay;
}

/** What the Tally was told. Times in ms. */
export interface TallyFindings {
  readonly startedAt: number;
  /** First cells of the run. */
  readonly finalisedAt?: number;
  /** Absent until the run was recorded, or given up. */
  readonly endedAt?: number;
  readonly cells: number;
  readonly views: number;
  readonly weight: number;
}

/** Objects that a Corrector asked for, first and last of them in ms. */
export interface Reads {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface Progress {
  readonly failure?: string | undefined;
  readonly findings: TallyFindings;
  readonly reads: Reads;
}

/** What the database holds afterwards. */
export interface Saved {
  readonly uniques: number;
  readonly regions: number;
  readonly run: { readonly outcome: string; readonly after: number; readonly detail: string };
}
