import type { ContentId } from "../../core/ids.ts";
import type { ContentCount } from "../../ports/read-model.ts";
import { type ReadSavedDeps, readSaved } from "../read-saved.ts";

/**
 * Published numbers as the database has them, true at the last flush in which no shard failed; a content without any is
 * absent.
 * @throws when the database does not answer while a reader still waits
 */
export const savedCounts = async (
  deps: ReadSavedDeps,
  contents: readonly ContentId[],
): Promise<ReadonlyMap<ContentId, ContentCount>> => {
  const { asOf, totals } = await readSaved(deps, async ({ counts, jobs }) => {
    // Before the rows: what they hold is then at least as young as is said.
    const flush = await jobs.lastWhole("flush");
    return { asOf: flush?.startedAt ?? 0, totals: await counts.totals(contents) };
  });
  const sums = new Map<ContentId, ContentCount>();
  for (const { content, published } of totals) {
    sums.set(content, { views: published + (sums.get(content)?.views ?? 0), asOf });
  }
  return sums;
};
