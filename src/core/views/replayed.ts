import { HOUR_MS, RAW_RETENTION_MS } from "../limits.ts";
import { hourOf } from "./ledger.ts";

/** @returns the earliest time of an event that may be replayed, ms: its hour can be corrected, with an hour left to do it in */
export const earliestReplayed = (now: number): number => hourOf(now - RAW_RETENTION_MS) + HOUR_MS;
