import type { PublishProgress, PublishStore } from "../../ports/publish-store.ts";
import type { MetaTable } from "./meta-table.ts";
import type { ObjectStorage } from "./object-storage.ts";
import { readTotal } from "./tally-rows.ts";
import { YOUNGEST_TOTALS } from "./tally-sql.ts";

export const publishStore = (sql: ObjectStorage["sql"], meta: MetaTable): PublishStore => ({
  progress: () => readProgress(meta.text("published") ?? ""),
  saveProgress: (progress) => meta.set("published", writeProgress(progress)),
  checkpointAt: () => meta.number("checkpoint_at", 0) || undefined,
  saveCheckpointAt: (at) => meta.set("checkpoint_at", at),
  youngestTotals({ before, above, limit }) {
    const key = before ?? { version: END_OF_VERSIONS, content: "" };
    return [...sql.exec(YOUNGEST_TOTALS, key.version, key.content, above, limit)].map(readTotal);
  },
});

/** Sorts behind every version. */
const END_OF_VERSIONS = Number.MAX_SAFE_INTEGER;

/** One row: it is written with each checkpoint. The incarnation is the store's own word and comes last. */
const writeProgress = (progress: PublishProgress): string => {
  const { through, lostAt, incarnation = "", call, changedAt } = progress;
  return `1 ${through} ${lostAt} ${changedAt} ${call} ${incarnation}`;
};

const PROGRESS =
  /^1 (?<through>\d+) (?<lostAt>\d+) (?<changedAt>\d+) (?<call>\d+) (?<incarnation>.*)$/s;

/** @returns undefined for what this version does not understand: all is published again */
const readProgress = (text: string): PublishProgress | undefined => {
  const { groups } = PROGRESS.exec(text) ?? {};
  if (groups === undefined) return undefined;
  return {
    through: Number(groups.through),
    lostAt: Number(groups.lostAt),
    changedAt: Number(groups.changedAt),
    call: Number(groups.call),
    incarnation: groups.incarnation || undefined,
  };
};
