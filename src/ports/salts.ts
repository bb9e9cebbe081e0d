import type { DaySalt } from "../protocol/object-rpc.ts";

/** Random salts of the reporting days, held by one object and remembered by isolates. */
export interface Salts {
  /**
   * @returns the salts of the day of `now` and, where there are any, of the day before and the day after
   * @throws when the day's salt is not to be had in time; nothing can be minted then
   */
  around(now: number): Promise<SaltsAround>;
  /** What this isolate remembers, without asking anybody. */
  remembered(at: number): DaySalt | undefined;
}

export interface SaltsAround {
  readonly today: DaySalt;
  readonly yesterday?: DaySalt;
}
