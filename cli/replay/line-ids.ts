/** Ids of replayed events, the same whenever their line is replayed: that is why a replay can be repeated. */
import { createHash } from "node:crypto";
import type { ContentId } from "../../src/core/ids.ts";
import { formatEventId, makeEventId } from "../../src/core/views/event-id.ts";

/**
 * Lines whose copies are counted. Equal lines stand close together, being of one moment; those that are further apart
 * get one id, and would have been one view anyway.
 */
const MAX_REMEMBERED = 100_000;

/** @param line its bytes, without its end @param at ms */
export type LineIds = (line: Uint8Array, content: ContentId, at: number) => string;

/** Two equal lines are two requests, and have two ids: by their number among the equal ones. */
export const lineIds = (): LineIds => {
  const seen = new Map<string, number>();
  return (line, content, at) => {
    const digest = createHash("sha256").update(`${content}\n`).update(line).digest();
    const name = digest.toString("latin1", 0, 16);
    const number = seen.get(name) ?? 0;
    if (seen.size >= MAX_REMEMBERED) seen.clear();
    seen.set(name, number + 1);
    const random =
      number === 0 ? digest : createHash("sha256").update(digest).update(`\n${number}`).digest();
    return formatEventId(makeEventId(at, random));
  };
};
