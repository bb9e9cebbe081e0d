import type { ContentId } from "../../core/ids.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import { sumHomes } from "../../core/views/sum-homes.ts";
import type { Log } from "../../ports/log.ts";
import type { Rankings } from "../../ports/rankings.ts";
import {
  type ContentCount,
  type CountPart,
  type ReadModel,
  ReadModelError,
} from "../../ports/read-model.ts";
import { isResting } from "../../ports/resting.ts";
import type { Rooms } from "../../ports/rooms.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { ViewRankings } from "../../ports/view-rankings.ts";

export interface ObjectsReadModelDeps {
  readonly tallies: Pick<Tallies, "counts">;
  readonly rooms: Pick<Rooms, "numbers">;
  readonly rankings: Pick<Rankings, "live">;
  readonly viewRankings: Pick<ViewRankings, "views">;
  readonly schedule: ShardSchedule;
  readonly log: Log;
}

export interface ObjectsReadModel extends ReadModel {
  /** One call a shard, all at once. @returns what the homes that answered have of the contents, zeros too */
  countParts(contents: readonly ContentId[]): Promise<readonly CountPart[]>;
}

/**
 * The objects themselves as read model: Tallies, Rooms, the list of live streams and the rankings of contents. Of contents only those are absent
 * whose homes do not answer, and which these are is logged here; of a room, the list or the rankings, who asked is told by the error.
 */
export const objectsReadModel = (deps: ObjectsReadModelDeps): ObjectsReadModel => {
  const { rooms, rankings, viewRankings, schedule } = deps;
  const countParts = async (contents: readonly ContentId[]): Promise<readonly CountPart[]> => {
    const asked = [...byHome(schedule, contents)].map((part) => askShard(deps, ...part));
    return (await Promise.all(asked)).flat();
  };
  return {
    countParts,

    async counts(contents): Promise<ReadonlyMap<ContentId, ContentCount>> {
      return sumHomes(schedule, contents, await countParts(contents));
    },

    async stream(id) {
      try {
        const answer = await rooms.numbers(id);
        if (answer.outcome === "unopened") return undefined;
        const { outcome: _, ...numbers } = answer;
        return numbers;
      } catch (cause) {
        throw unanswered(`the room of ${id}`, cause);
      }
    },

    async live(limit, category) {
      try {
        return await rankings.live(limit, category);
      } catch (cause) {
        throw unanswered("the list of live streams", cause);
      }
    },

    async views(window, limit, category) {
      try {
        return await viewRankings.views(window, limit, category);
      } catch (cause) {
        throw unanswered("the rankings of contents", cause);
      }
    },
  };
};

/** For the log of who asked, not for answers. That one was left alone is kept. */
const unanswered = (who: string, cause: unknown): ReadModelError =>
  new ReadModelError(`${who}: ${cause}`, { cause });

const byHome = (
  schedule: ShardSchedule,
  contents: readonly ContentId[],
): ReadonlyMap<number, ContentId[]> => {
  const homes = new Map<number, ContentId[]>();
  for (const content of contents) {
    for (const shard of homesOf(schedule, content)) {
      const wanted = homes.get(shard);
      if (wanted === undefined) homes.set(shard, [content]);
      else wanted.push(content);
    }
  }
  return homes;
};

/** @returns nothing when it does not answer */
const askShard = async (
  { tallies, log }: ObjectsReadModelDeps,
  shard: number,
  contents: readonly ContentId[],
): Promise<readonly CountPart[]> => {
  try {
    const { asOf, counts } = await tallies.counts(shard, contents);
    return counts.map(({ content, views, stamp }) => ({ content, shard, views, stamp, asOf }));
  } catch (cause) {
    if (!isResting(cause)) log.error("counts.tally-unreachable", { shard, cause: `${cause}` });
    return [];
  }
};
