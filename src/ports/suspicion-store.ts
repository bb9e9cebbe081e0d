import type { OpenSuspicion } from "../core/suspicion/open-suspicion.ts";

/** The part of a Tally's SQLite that keeps the suspicions that may go on. */
export interface SuspicionStore {
  all(): readonly OpenSuspicion[];
  save(open: OpenSuspicion): void;
  remove(id: string): void;
}
