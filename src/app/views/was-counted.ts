import type { ContentId } from "../../core/ids.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import type { Tallies } from "../../ports/tallies.ts";

export interface CountedDeps {
  readonly tallies: Pick<Tallies, "standing">;
  readonly schedule: ShardSchedule;
}

/**
 * Whether anything of the content was counted, brought along or restated, in any home it has had.
 * @throws when one of its Tallies does not answer
 */
export const wasCounted = async (
  { tallies, schedule }: CountedDeps,
  content: ContentId,
): Promise<boolean> => {
  const homes = homesOf(schedule, content);
  const standings = await Promise.all(homes.map((home) => tallies.standing(home, content)));
  return standings.some(({ known }) => known);
};
