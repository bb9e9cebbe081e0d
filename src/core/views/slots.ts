import { MINUTE_MS } from "../limits.ts";

/** What the ranking of the last hour is made of: views by the five minutes they happened in. */
export const SLOT_MS = 5 * MINUTE_MS;

/** The slot under way and those before it that are ranked together: an hour at most. */
export const RANKED_SLOTS = 12;

/** @returns number of the slot that holds the moment; slots are numbered in a row */
export const slotOf = (at: number): number => Math.floor(at / SLOT_MS);
