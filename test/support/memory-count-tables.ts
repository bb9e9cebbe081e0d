import type { CellRecord, CountTables, TotalRecord } from "../../src/ports/database.ts";
import type { StatisticsTables, ViewDay } from "../../src/ports/statistics-tables.ts";

/** What becomes of a statement. */
export type Fate = "done" | "refused" | "done, answer lost" | "done twice" | "done much later";

/** Counts and days in memory that keep the contract, behind a wire that does not. */
export class MemoryCountTables implements CountTables, Pick<StatisticsTables, "saveDays"> {
  readonly cells = new Map<string, CellRecord>();
  readonly parts = new Map<string, TotalRecord>();
  readonly days = new Map<string, ViewDay>();
  /** Of the statements to come, in their order; when they are used up, all are done. */
  fates: Fate[] = [];
  /** Runs while a statement is under way. */
  meanwhile: () => void = () => undefined;
  readonly #overdue: (() => void)[] = [];

  /** Statements given up long ago arrive after all. */
  arriveLate(): void {
    for (const write of this.#overdue.splice(0)) write();
  }

  saveCells(rows: readonly CellRecord[]): Promise<number> {
    return this.#write(
      rows,
      this.cells,
      ({ content, hour, shard }) => `${content}/${hour}/${shard}`,
    );
  }

  saveTotals(rows: readonly TotalRecord[]): Promise<number> {
    return this.#write(rows, this.parts, ({ content, shard }) => `${content}/${shard}`);
  }

  saveDays(rows: readonly ViewDay[]): Promise<number> {
    return this.#write(rows, this.days, ({ content, day, shard }) => `${content}/${day}/${shard}`);
  }

  async totals(contents: readonly string[]): Promise<readonly TotalRecord[]> {
    return [...this.parts.values()].filter(({ content }) => contents.includes(content));
  }

  async hours(content: string, from: number, to: number): Promise<readonly CellRecord[]> {
    return [...this.cells.values()].filter(
      (cell) => cell.content === content && cell.hour >= from && cell.hour < to,
    );
  }

  async #write<Row extends { readonly stamp: string }>(
    rows: readonly Row[],
    table: Map<string, Row>,
    keyOf: (row: Row) => string,
  ): Promise<number> {
    const fate = this.fates.shift() ?? "done";
    this.meanwhile();
    if (fate === "refused") throw new Error("the database is away");
    const write = () => {
      for (const row of rows) {
        const before = table.get(keyOf(row));
        if (before === undefined || row.stamp > before.stamp) table.set(keyOf(row), row);
      }
    };
    if (fate === "done much later") {
      this.#overdue.push(write);
      throw new Error("the database did not answer in time");
    }
    write();
    if (fate === "done twice") write();
    if (fate === "done, answer lost") throw new Error("the answer was lost");
    return 1;
  }
}
