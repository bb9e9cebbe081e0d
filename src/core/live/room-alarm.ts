/**
 * @param times of all that a room may have to do later, ms; `null` is never
 * @returns when the object's one alarm has to ring, not before `now`; `null` when nothing is left to do
 */
export const nextRoomAlarm = (times: Iterable<number | null>, now: number): number | null => {
  let first: number | null = null;
  for (const at of times) if (at !== null && (first === null || at < first)) first = at;
  return first === null ? null : Math.max(now, first);
};
