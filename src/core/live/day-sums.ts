/** What the number of viewers of one reporting day adds up to, all starts of the stream together. */
export interface DaySums {
  /** The largest number. */
  readonly peak: number;
  /** Begun that day. */
  readonly sessions: number;
  /** The number of viewers, summed over the milliseconds. */
  readonly watchedMs: number;
  readonly liveMs: number;
}

export const NO_SUMS: DaySums = { peak: 0, sessions: 0, watchedMs: 0, liveMs: 0 };

/** While the stream is live, so long with so many viewers. */
export const passed = (sums: DaySums, viewers: number, ms: number): DaySums => ({
  ...sums,
  watchedMs: sums.watchedMs + viewers * ms,
  liveMs: sums.liveMs + ms,
});

export const reached = (sums: DaySums, viewers: number): DaySums =>
  viewers > sums.peak ? { ...sums, peak: viewers } : sums;
