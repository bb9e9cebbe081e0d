import type { ContentId } from "../../core/ids.ts";
import { EVENTS_PARALLEL } from "../../core/limits.ts";
import { homesOf } from "../../core/views/shards.ts";
import type { Content } from "../../ports/database.ts";
import { auditOf } from "../audit.ts";
import { inParallel } from "../in-parallel.ts";
import type { RegistryDeps } from "./put-content.ts";

export interface ImportedCount {
  readonly content: ContentId;
  /** Views brought along from elsewhere, >= 0. */
  readonly views: number;
}

/**
 * Gives contents the views they bring along; what else is known of them stays, and who is unknown is registered. An
 * audit entry each. Safe to repeat when it throws half way: every step sets values and adds nothing.
 */
export const importStarts = async (
  { contents, tallies, schedule, ...audit }: RegistryDeps,
  counts: readonly ImportedCount[],
): Promise<void> => {
  const known = await contents.findContents(counts.map(({ content }) => content));
  const byId = new Map(known.map((content) => [content.id, content]));
  await inParallel(counts, EVENTS_PARALLEL, async ({ content: id, views }) => {
    const before = byId.get(id);
    const after: Content = { ...(before ?? { id }), startViews: views };
    const deed = { action: "content.import", subject: id, before, after };
    await contents.putContent(after, auditOf(audit, deed));
    const [home] = homesOf(schedule, id);
    if (home !== undefined) await tallies.setStart(home, id, views);
  });
};
