import type { SaltsAround } from "./salts.ts";

/**
 * Salts of reporting days for events of the past. The random ones of those days are gone, so these are made from a secret
 * and the day: the same line of a log is the same visitor whenever it is replayed, for as long as the secret stays.
 */
export interface ReplaySalts {
  /** @param at ms */
  around(at: number): Promise<SaltsAround>;
}
