import { hourOf } from "../../src/core/views/ledger.ts";

/** What a Tally has to say whenever it is asked, kept the plain way: every hour for ever. */
export class ExpectedCounts {
  readonly #counts = new Map<string, Map<number, number>>();
  readonly #starts = new Map<string, number>();

  count(id: string, at: number): void {
    this.set(id, hourOf(at), (this.#counts.get(id)?.get(hourOf(at)) ?? 0) + 1);
  }

  set(id: string, hour: number, counted: number): void {
    const hours = this.#counts.get(id) ?? new Map<number, number>();
    this.#counts.set(id, hours.set(hour, counted));
  }

  setStart(id: string, views: number): void {
    this.#starts.set(id, views);
  }

  startOf(id: string): number {
    return this.#starts.get(id) ?? 0;
  }

  /** Hours of the content with what was counted in them. */
  hoursOf(id: string): readonly (readonly [hour: number, counted: number])[] {
    return [...(this.#counts.get(id) ?? [])];
  }

  between(id: string, from: number, to: number): number {
    const within = this.hoursOf(id).filter(([hour]) => from <= hour && hour < to);
    return within.reduce((sum, [, counted]) => sum + counted, 0);
  }
}
