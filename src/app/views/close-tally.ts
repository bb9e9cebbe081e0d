import { CLOSE_BATCH_CELLS, RAW_RETENTION_MS } from "../../core/limits.ts";
import { type CellKey, type CellRow, hourOf } from "../../core/views/ledger.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import type { CloseAnswer } from "../../protocol/object-rpc.ts";
import type { Flushed } from "./flush-tally.ts";

export interface CloseTallyDeps {
  readonly store: TallyStore;
  readonly clock: Clock;
  /** From now on nothing changes a cell of an hour before this one. */
  begin(through: number): void;
  flush(): Promise<Flushed>;
  /**
   * Moves cells into closed values, in one transaction.
   * @param cells the oldest there are, up to `last` in the order of (hour, content)
   */
  move(cells: readonly CellRow[], last: CellKey): void;
}

/**
 * Closes hours: first nothing may change their cells any more, then all of these are flushed, then they are moved a
 * few at a time, then the closed values are flushed; only then the Tally is closed. A content is closed through the
 * hour of its last cell moved, so what is in the database adds up after each step, and whoever dies in between or
 * runs beside another finds in the store what is left to do.
 */
export const closeTally = async (before: number, deps: CloseTallyDeps): Promise<CloseAnswer> => {
  const { store, clock } = deps;
  const through = Math.min(hourOf(before), hourOf(clock.now() - RAW_RETENTION_MS));
  if (through <= store.closed()) return { closedThrough: store.closed(), cells: 0, statements: 0 };
  deps.begin(Math.max(through, store.closing()));
  const first = await deps.flush();
  const cells = await moveAll(through, deps);
  const second = await deps.flush();
  store.atomically(() => {
    store.saveClosed(Math.max(through, store.closed()));
    store.hours.forgetHoursBefore(store.closed());
  });
  return {
    closedThrough: store.closed(),
    cells,
    statements: first.statements + second.statements,
  };
};

const moveAll = async (through: number, { store, move }: CloseTallyDeps): Promise<number> => {
  let moved = 0;
  for (;;) {
    const cells = store.oldestCells(through, CLOSE_BATCH_CELLS);
    const last = cells.at(-1);
    if (last === undefined) return moved;
    move(cells, last);
    moved += cells.length;
    await store.durable();
  }
};
