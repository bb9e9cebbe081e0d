import type { TallyStatus } from "../../src/protocol/object-rpc.ts";

/** Of a Tally with nothing to do, but for what a test cares about. */
export const tallyStatus = (more: Partial<TallyStatus>): TallyStatus => ({
  position: 1,
  checkpoint: 1,
  flushed: 1,
  archived: 0,
  unarchivedBytes: 0,
  dirtyHours: 0,
  closedThrough: 0,
  horizon: 0,
  sources: 0,
  bytes: 0,
  windowEntries: 0,
  approximateMinutes: 0,
  ...more,
});
