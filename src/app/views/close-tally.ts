import { CLOSE_BATCH_CELLS, RAW_RETENTION_MS } from "../../core/limits.ts";
import { type CellKey, type CellRow, hourOf } from "../../core/views/ledger.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import type { CloseAnswer } from "../../protocol/object-rpc.ts";
import type { Flushed } from "./flush-tally.ts";

export interface CloseTallyDeps {
  readonly store: TallyStore;
  readonly clock: Clock;
  readonly calendar: ReportingCalendar;
  /** From now on nothing changes a cell of an hour before this one. */
  begin(through: number): void;
  flush(): Promise<Flushed>;
  /** Brings the sums of days to the database. */
  rollUp(): Promise<Flushed>;
  /**
   * Moves cells into closed values, in one transaction.
   * @param cells the oldest there are, up to `last` in the order of (hour, content)
   */
  move(cells: readonly CellRow[], last: CellKey): void;
}

/**
 * Closes the hours of whole reporting days: first nothing may change their cells any more, then all of these are
 * flushed and so are the sums of their days, which nobody can make any more without them, then they are moved a few at
 * a time, then the closed values are flushed; only then the Tally is closed. A content is closed through the hour of
 * its last cell moved, so what is in the database adds up after each step, and whoever dies in between or runs beside
 * another finds in the store what is left to do.
 */
export const closeTally = async (
  before: number,
  deps: CloseTallyDeps,
): Promise<Omit<CloseAnswer, "raw">> => {
  const { store, clock, calendar } = deps;
  const oldest = Math.min(hourOf(before), hourOf(clock.now() - RAW_RETENTION_MS));
  const through = calendar.dayOf(oldest).startMs;
  if (through <= store.closed()) {
    const { statements } = await deps.rollUp();
    return { closedThrough: store.closed(), cells: 0, statements };
  }
  deps.begin(Math.max(through, store.closing()));
  const sending = store.days.sending();
  const first = await deps.flush();
  const days = await deps.rollUp();
  store.days.saveEmptied(Math.max(through, store.days.emptied()));
  const cells = await moveAll(through, sending, deps);
  const second = await deps.flush();
  store.atomically(() => {
    store.saveClosed(Math.max(through, store.closed()));
    store.hours.forgetHoursBefore(store.closed());
  });
  return {
    closedThrough: store.closed(),
    cells,
    statements: first.statements + days.statements + second.statements,
  };
};

/** @throws when everything is to be sent anew: the sums of days have to go again while there are cells */
const moveAll = async (
  through: number,
  sending: number,
  { store, move }: CloseTallyDeps,
): Promise<number> => {
  let moved = 0;
  for (;;) {
    if (sending !== store.days.sending()) throw new Error("the database is being filled anew");
    const cells = store.oldestCells(through, CLOSE_BATCH_CELLS);
    const last = cells.at(-1);
    if (last === undefined) return moved;
    move(cells, last);
    moved += cells.length;
    await store.durable();
  }
};
