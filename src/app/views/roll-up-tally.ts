import { dateNumber } from "../../core/civil-date.ts";
import { FLUSH_BATCH_ROWS, HOUR_MS, ROLL_UP_CONTENTS } from "../../core/limits.ts";
import { stamp } from "../../core/stamp.ts";
import type { CellRow } from "../../core/views/ledger.ts";
import type { ReportingCalendar, ReportingDay } from "../../core/views/reporting-day.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import type { DaySum } from "../../ports/tally-days.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { changedPages, type Flushed } from "./flush-tally.ts";

export interface RollUpTallyDeps {
  readonly shard: number;
  readonly store: TallyStore;
  readonly statistics: Pick<StatisticsTables, "saveDays">;
  readonly calendar: ReportingCalendar;
  readonly clock: Clock;
}

/**
 * Brings the sums of saved cells over reporting days that are over to the database, as absolute values. A day is first
 * written as a whole when it has ended; from then on a content's day is written anew when one of its cells changes.
 * It may end at any point and run beside another, as a flush may.
 */
export const rollUpTally = async (deps: RollUpTallyDeps): Promise<Flushed> => {
  const { store } = deps;
  const sending = store.days.sending();
  const through = store.checkpoint();
  const wholeThrough = store.days.rolledDays();
  const later = await rollLaterChanges(deps, through, wholeThrough);
  const ended = await rollEndedDays(deps, wholeThrough);
  if (sending === store.days.sending())
    store.days.saveRolled(Math.max(through, store.days.rolled()));
  return { rows: later.rows + ended.rows, statements: later.statements + ended.statements };
};

/** Of days that are in the database already. */
const rollLaterChanges = async (
  deps: RollUpTallyDeps,
  through: number,
  wholeThrough: number,
): Promise<Flushed> => {
  const { store, calendar } = deps;
  const done = { rows: 0, statements: 0 };
  const read = store.changedCells;
  for (const page of changedPages<CellRow>(read, store.days.rolled(), through)) {
    const byDay = new Map<string, { readonly day: ReportingDay; readonly cells: CellRow[] }>();
    for (const cell of page) {
      const day = calendar.dayOf(cell.hour);
      if (day.endMs > wholeThrough) continue;
      const known = byDay.get(day.name);
      if (known === undefined) byDay.set(day.name, { day, cells: [cell] });
      else known.cells.push(cell);
    }
    for (const { day, cells } of byDay.values()) {
      // A content's day is due where its last change is; one that changed meanwhile is due next time.
      const due = new Set(cells.map(({ content, version }) => `${content}/${version}`));
      const contents = [...new Set(cells.map(({ content }) => content))];
      const sums = isWhole(deps, day) ? store.days.sums(hoursOf(day), contents) : [];
      const last = sums.filter(({ content, version }) => due.has(`${content}/${version}`));
      done.rows += last.length;
      done.statements += await saveSums(deps, day, last);
    }
  }
  return done;
};

/** Days that were not over the last time. */
const rollEndedDays = async (deps: RollUpTallyDeps, wholeThrough: number): Promise<Flushed> => {
  const { store, calendar, clock } = deps;
  const sending = store.days.sending();
  const today = calendar.dayOf(clock.now());
  const done = { rows: 0, statements: 0 };
  const saveThrough = (end: number): void => {
    if (sending === store.days.sending())
      store.days.saveRolledDays(Math.max(end, store.days.rolledDays()));
  };
  let hour = store.days.firstHour(wholeThrough);
  while (hour !== undefined && hour < today.startMs) {
    const day = calendar.dayOf(hour);
    for (const sums of pagesOf(deps, day)) {
      done.rows += sums.length;
      done.statements += await saveSums(deps, day, sums);
    }
    saveThrough(day.endMs);
    hour = store.days.firstHour(day.endMs);
  }
  saveThrough(today.startMs);
  return done;
};

/**
 * Whether the day has all its cells still: the database keeps what it has of one that a closing has begun to empty.
 * To be asked where they are read, since a closing may begin whenever something is awaited.
 */
const isWhole = ({ store }: RollUpTallyDeps, { startMs }: ReportingDay): boolean =>
  startMs >= Math.max(store.days.emptied(), store.closed());

function* pagesOf(deps: RollUpTallyDeps, day: ReportingDay): Generator<readonly DaySum[]> {
  let after = "";
  while (isWhole(deps, day)) {
    const sums = deps.store.days.sumsBehind(hoursOf(day), after, ROLL_UP_CONTENTS);
    const last = sums.at(-1);
    if (last === undefined) return;
    after = last.content;
    for (let from = 0; from < sums.length; from += FLUSH_BATCH_ROWS) {
      yield sums.slice(from, from + FLUSH_BATCH_ROWS);
    }
  }
}

/** @returns statements it took */
const saveSums = async (
  { shard, store, statistics }: RollUpTallyDeps,
  day: ReportingDay,
  sums: readonly DaySum[],
): Promise<number> => {
  if (sums.length === 0) return 0;
  const number = dateNumber(day.date);
  const generation = store.generation();
  return statistics.saveDays(
    sums.map(({ version, ...sum }) => {
      return { ...sum, day: number, shard, stamp: stamp(generation, version) };
    }),
  );
};

const hoursOf = ({ startMs, endMs }: ReportingDay): readonly number[] =>
  Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, index) => startMs + index * HOUR_MS);
