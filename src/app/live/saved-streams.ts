/** What the database has of streams that nobody else can tell of: their numbers as of the last flush of the list. */
import { type StreamId, streamId } from "../../core/ids.ts";
import { SAVED_LIVE_MAX_AGE_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CurrentViewers } from "../../ports/database.ts";
import type { LiveNumbers, LiveRanking } from "../../protocol/room-rpc.ts";
import { type ReadSavedDeps, readSaved } from "../read-saved.ts";
import { isShown } from "./stream-numbers.ts";

export interface SavedStreamsDeps extends ReadSavedDeps {
  readonly clock: Clock;
}

/**
 * @returns undefined: nothing, or what is too old for a live stream
 * @throws when the database does not answer while a reader still waits
 */
export const savedStream = async (
  deps: SavedStreamsDeps,
  id: StreamId,
): Promise<CurrentViewers | undefined> => {
  const [saved] = await readSaved(deps, ({ streams }) => streams.currents([id]));
  return saved !== undefined && isShown(saved, SAVED_LIVE_MAX_AGE_MS, deps.clock.now())
    ? saved
    : undefined;
};

/**
 * As of the stream in it that was saved the longest ago.
 * @returns undefined: none that may be shown; whether any is live the database cannot say for sure
 * @throws when the database does not answer while a reader still waits
 */
export const savedRanking = async (
  deps: SavedStreamsDeps,
  limit: number,
  category: string | undefined,
): Promise<LiveRanking | undefined> => {
  const { ranked, currents } = await readSaved(deps, async ({ streams }) => {
    const first = await streams.ranking(limit, category);
    const ids = first.map(({ stream }) => stream);
    return { ranked: ids, currents: ids.length === 0 ? [] : await streams.currents(ids) };
  });
  const now = deps.clock.now();
  const byId = new Map(currents.map((row) => [row.stream, row]));
  const streams = ranked.flatMap((text): LiveNumbers | [] => {
    const row = byId.get(text);
    const stream = streamId(text);
    if (row === undefined || stream === undefined) return [];
    return row.status !== "ended" && isShown(row, SAVED_LIVE_MAX_AGE_MS, now)
      ? { ...row, stream }
      : [];
  });
  if (streams.length === 0) return undefined;
  // Some have other numbers by now than those they were ranked by.
  streams.sort((a, b) => b.viewers - a.viewers || b.startedAt - a.startedAt);
  return { asOf: Math.min(...streams.map(({ asOf }) => asOf)), streams };
};
