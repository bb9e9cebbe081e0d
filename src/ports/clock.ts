export interface Clock {
  /** Unix time in ms; on Workers it moves only with I/O. */
  now(): number;
}
