import type { CellRecord, CountTables, TotalRecord } from "../../src/ports/database.ts";

/** What becomes of a statement. */
export type Fate = "done" | "refused" | "done, answer lost" | "done twice";

/** Count tables in memory that keep the contract, behind a wire that does not. */
export class MemoryCountTables implements CountTables {
  readonly cells = new Map<string, CellRecord>();
  readonly parts = new Map<string, TotalRecord>();
  /** Of the statements to come, in their order; when they are used up, all are done. */
  fates: Fate[] = [];
  /** Runs while a statement is under way. */
  meanwhile: () => void = () => undefined;
  statements = 0;

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

  async totals(contents: readonly string[]): Promise<readonly TotalRecord[]> {
    return [...this.parts.values()].filter(({ content }) => contents.includes(content));
  }

  async #write<Row extends { readonly stamp: string }>(
    rows: readonly Row[],
    table: Map<string, Row>,
    keyOf: (row: Row) => string,
  ): Promise<number> {
    this.statements += 1;
    const fate = this.fates.shift() ?? "done";
    this.meanwhile();
    if (fate === "refused") throw new Error("the database is away");
    for (let time = 0; time < (fate === "done twice" ? 2 : 1); time += 1) {
      for (const row of rows) {
        const before = table.get(keyOf(row));
        if (before === undefined || row.stamp > before.stamp) table.set(keyOf(row), row);
      }
    }
    if (fate === "done, answer lost") throw new Error("the answer was lost");
    return 1;
  }
}
