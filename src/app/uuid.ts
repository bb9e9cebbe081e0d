import { formatEventId, makeEventId } from "../core/views/event-id.ts";
import type { Random } from "../ports/random.ts";

/** @returns a UUIDv7, for rows that are written once however often they are sent */
export const uuid = (now: number, random: Random): string =>
  formatEventId(makeEventId(now, random.bytes(10)));
