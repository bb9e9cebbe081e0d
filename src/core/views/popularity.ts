/**
 * How long a count may be cached: the more often it is read, the more a second of cache saves and the less
 * one view more or less shows.
 * @param readsPerMinute reads of this count in this isolate, extrapolated to a minute
 * @returns whole seconds in `[1, 5]`
 */
export const maxAgeSeconds = (readsPerMinute: number): number =>
  Math.min(5, 1 + Math.floor(Math.log10(1 + Math.max(0, readsPerMinute)) * 2));
