import { type AnyColumn, and, lte, ne, type SQL, sql } from "drizzle-orm";
import type { Stream } from "../../ports/database.ts";

interface StreamColumns {
  readonly status: AnyColumn;
  readonly startedAt: AnyColumn;
  readonly endedAt: AnyColumn;
}

/** What a start or an end makes of a stream, in either dialect. */
export interface StreamChange {
  /** What has to hold of the stream as it is; an order that comes late does not undo a later one. */
  readonly due: SQL | undefined;
  readonly values: {
    readonly status: Stream["status"];
    readonly startedAt?: number;
    readonly endedAt: number | null;
  };
}

/** @param at ms */
export const startAt = ({ status, endedAt }: StreamColumns, at: number): StreamChange => ({
  due: and(ne(status, "live"), lte(orZero(endedAt), at)),
  values: { status: "live", startedAt: at, endedAt: null },
});

/** @param at ms */
export const endAt = ({ status, startedAt }: StreamColumns, at: number): StreamChange => ({
  due: and(ne(status, "ended"), lte(orZero(startedAt), at)),
  values: { status: "ended", endedAt: at },
});

const orZero = (time: AnyColumn): SQL => sql`coalesce(${time}, 0)`;
