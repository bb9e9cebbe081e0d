import type { AgeingTable, NewPartition, Partition } from "../../src/core/partitions.ts";
import type { TableChange, UpkeepTables } from "../../src/ports/database.ts";

/** Ageing tables in memory, with what was asked of them. */
export class MemoryUpkeepTables implements UpkeepTables {
  readonly kept = new Map<AgeingTable, readonly Partition[]>();
  /** Times of the rows, ascending. */
  readonly rows = new Map<AgeingTable, number[]>();
  /** Times of requests that may be repeated, ascending. */
  requests: number[] = [];
  /** What was done, in words. */
  readonly done: string[] = [];
  /** Without them the store answers as one that has none. */
  hasPartitions = true;
  /** What the store does not let us do. */
  refuses: ReadonlySet<"add" | "drop"> = new Set();
  /** The table whose every call fails. */
  broken: AgeingTable | undefined;
  requestsBroken = false;

  async partitions(table: AgeingTable): Promise<readonly Partition[] | undefined> {
    this.#touch(table);
    if (!this.hasPartitions) return undefined;
    return this.kept.get(table) ?? [{ name: "pmax", below: undefined }];
  }

  async addPartitions(table: AgeingTable, add: readonly NewPartition[]): Promise<TableChange> {
    this.#touch(table);
    if (this.refuses.has("add")) return "refused";
    this.done.push(`${table} + ${add.length}`);
    const before = (await this.partitions(table)) ?? [];
    this.kept.set(table, [...before.slice(0, -1), ...add, ...before.slice(-1)]);
    return "done";
  }

  async dropPartition(table: AgeingTable, name: string): Promise<TableChange> {
    this.#touch(table);
    if (this.refuses.has("drop")) return "refused";
    this.done.push(`${table} - ${name}`);
    const before = (await this.partitions(table)) ?? [];
    this.kept.set(
      table,
      before.filter((partition) => partition.name !== name),
    );
    return "done";
  }

  async deleteBefore(table: AgeingTable, below: number, limit: number): Promise<number> {
    this.#touch(table);
    const rows = this.rows.get(table) ?? [];
    const kept = rows.findIndex((time) => time >= below);
    const gone = rows.splice(0, Math.min(limit, kept < 0 ? rows.length : kept));
    if (gone.length > 0) this.done.push(`${table}: ${gone.length} rows`);
    return gone.length;
  }

  async forgetRequests(before: number, limit: number): Promise<number> {
    if (this.requestsBroken) throw new Error("no answer");
    const gone = this.requests.filter((time) => time < before).slice(0, limit);
    this.requests = this.requests.slice(gone.length);
    return gone.length;
  }

  #touch(table: AgeingTable): void {
    if (this.broken === table) throw new Error("no answer");
  }
}
