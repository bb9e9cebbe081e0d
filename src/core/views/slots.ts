import { MINUTE_MS } from "../limits.ts";

/** What the ranking of the last hour is made of: views by the five minutes they happened in. */
export const SLOT_MS = 5 * MINUTE_MS;

/** The slot under way and those before it that are ranked together: an hour at most. */
export const RANKED_SLOTS = 12;

/** Slots of the two windows, and one more: an event of the next one may come before a clock has come to it. */
export const KEPT_SLOTS = 2 * RANKED_SLOTS + 1;

/** @returns number of the slot that holds the moment; slots are numbered in a row */
export const slotOf = (at: number): number => Math.floor(at / SLOT_MS);

/** @returns the first slot of the two windows while `slot` is under way */
export const firstRankedSlot = (slot: number): number => slot - 2 * RANKED_SLOTS + 1;
