export interface TimeQuery {
  readonly limit: number;
  /** Ms; absent: from now. */
  readonly before?: number | undefined;
}

export interface TimePage<Row> {
  /** The youngest first. */
  readonly rows: readonly Row[];
  /** `before` of the next page; absent on the last. */
  readonly next: number | undefined;
}

/** A list by time, the youngest first. */
export interface TimedList<Row> {
  list(query: TimeQuery): Promise<readonly Row[]>;
  timeOf(row: Row): number;
  /** Rows of one millisecond, at most. */
  readonly mostTogether: number;
}

/**
 * A page ends where the next row is of another time, so that none is missed between two pages: it may be shorter than
 * asked for, and is longer where more rows than that are of one millisecond.
 */
export const pageByTime = async <Row>(
  query: TimeQuery,
  { list, timeOf, mostTogether }: TimedList<Row>,
): Promise<TimePage<Row>> => {
  const rows = await list({ ...query, limit: query.limit + 1 });
  const behind = rows[query.limit];
  if (behind === undefined) return { rows, next: undefined };
  const edge = timeOf(behind);
  const page = rows.filter((row) => timeOf(row) > edge);
  const last = page.at(-1);
  if (last !== undefined) return { rows: page, next: timeOf(last) };
  const more = await list({ ...query, limit: query.limit + mostTogether });
  const together = more.filter((row) => timeOf(row) === edge);
  return { rows: together, next: together.length < more.length ? edge : undefined };
};
