/** What a server does a second, from two readings of its counters. */

export interface Sample {
  /** When it was read; monotonic, ms. */
  readonly atMs: number;
  /** Of `SHOW GLOBAL STATUS`. */
  readonly status: ReadonlyMap<string, string>;
}

/** `undefined`: not shown, nothing to divide by, or a counter that began anew in between. */
export interface Rates {
  /** Page reads that the buffer pool answered, 0-1. */
  readonly hitRatio: number | undefined;
  readonly rowsPerSecond: number | undefined;
  readonly redoBytesPerSecond: number | undefined;
  readonly fsyncsPerSecond: number | undefined;
  /** Redo that recovery would have to read. */
  readonly checkpointAgeBytes: number | undefined;
  /** Pages that differ from the disk, 0-1 of the buffer pool. */
  readonly dirtyShare: number | undefined;
  readonly threadsRunning: number | undefined;
  /** Within the interval. */
  readonly slowStatements: number | undefined;
}

export const ratesBetween = (before: Sample, after: Sample): Rates => {
  const seconds = (after.atMs - before.atMs) / 1_000;
  const now = (name: string) => valueIn(after, name);
  const grown = (name: string): number | undefined => {
    const by = minus(now(name), valueIn(before, name));
    return by !== undefined && by < 0 ? undefined : by;
  };
  const perSecond = (...names: readonly string[]) => over(sum(names.map(grown)), seconds);

  const misses = over(
    grown("Innodb_buffer_pool_reads"),
    grown("Innodb_buffer_pool_read_requests") ?? 0,
  );
  return {
    // Read-ahead within the interval may count more reads than requests.
    hitRatio: misses === undefined ? undefined : Math.max(0, 1 - misses),
    // MariaDB no longer counts rows, but calls of a handler.
    rowsPerSecond:
      perSecond("Innodb_rows_inserted", "Innodb_rows_updated") ??
      perSecond("Handler_write", "Handler_update"),
    redoBytesPerSecond: perSecond("Innodb_os_log_written"),
    fsyncsPerSecond: perSecond("Innodb_data_fsyncs"),
    checkpointAgeBytes:
      now("Innodb_checkpoint_age") ??
      minus(now("Innodb_redo_log_current_lsn"), now("Innodb_redo_log_checkpoint_lsn")),
    dirtyShare: over(
      now("Innodb_buffer_pool_pages_dirty"),
      now("Innodb_buffer_pool_pages_total") ?? 0,
    ),
    threadsRunning: now("Threads_running"),
    slowStatements: grown("Slow_queries"),
  };
};

const valueIn = ({ status }: Sample, name: string): number | undefined => {
  const text = status.get(name);
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
};

const minus = (from: number | undefined, by: number | undefined): number | undefined =>
  from === undefined || by === undefined ? undefined : from - by;

const sum = (parts: readonly (number | undefined)[]): number | undefined =>
  parts.reduce<number | undefined>(
    (total, part) => (total === undefined || part === undefined ? undefined : total + part),
    0,
  );

const over = (part: number | undefined, whole: number): number | undefined =>
  part === undefined || whole <= 0 ? undefined : part / whole;
