/** All that a room may have to do later, each with its time in ms; `null` is never. */
export interface RoomTimes {
  readonly push: number | null;
  readonly save: number | null;
  readonly publish: number | null;
  /** A connection may be quiet or silent by then. */
  readonly look: number | null;
  /** A reporting day ends with viewers in the room. */
  readonly midnight: number | null;
  readonly saltEnds: number | null;
}

/** @returns when the object's one alarm has to ring, not before `now`; `null` when nothing is left to do */
export const nextRoomAlarm = (times: RoomTimes, now: number): number | null => {
  const due = Object.values(times).filter((at): at is number => at !== null);
  return due.length === 0 ? null : Math.max(now, Math.min(...due));
};
