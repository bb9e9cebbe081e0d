/**
 * When the numbers may next go to a room's sockets. A send costs about 5 us and its bytes are pumped after the
 * handler returns: at 2,000 sockets a push a second is a hundredth of the object's time for the sends and some tenth
 * in all. Above, the pause grows with the sockets, so that the cost a second stays what it was, up to 5 s at 10,000.
 */

const PAUSE_MIN_MS = 1_000;
const PAUSE_MAX_MS = 5_000;

/** Half a millisecond for each socket is a second at 2,000 of them. */
const PAUSE_PER_SOCKET_MS = 0.5;

/** @returns ms between two pushes */
export const pushPauseMs = (sockets: number): number =>
  Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, Math.ceil(sockets * PAUSE_PER_SOCKET_MS)));

export interface PushState {
  /** Some socket knows other numbers than the current ones. */
  readonly pending: boolean;
  /** Ms. */
  readonly lastPushAt: number;
  readonly sockets: number;
}

/**
 * At most one a pause, and none while everybody knows the current numbers. As pending ends only with a push of the
 * numbers as they then are, the last value always gets there.
 * @returns ms; a time that has passed means at once
 */
export const nextPushAt = ({ pending, lastPushAt, sockets }: PushState): number | null =>
  pending && sockets > 0 ? lastPushAt + pushPauseMs(sockets) : null;
