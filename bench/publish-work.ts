/** What the benchmarks of the read model publish and read: contents' parts, the same for everyone. */
import type { ContentId } from "../src/core/ids.ts";
import { PUBLISH_MAX_COUNTS } from "../src/core/limits.ts";
import { stamp } from "../src/core/stamp.ts";
import { homesOf, type ShardSchedule } from "../src/core/views/shards.ts";
import type { CountPart } from "../src/ports/read-model.ts";
import { contentOf } from "./flush-work.ts";

export interface PublishWork {
  /** Changed contents in all. */
  readonly contents: number;
  /** Numbers and stamps rise with it, so that each run changes every content. */
  readonly version: number;
}

/** As many as the benchmarks ever read or publish. */
export const MANY_CONTENTS = 100_000;

const SHARDS = 8;

/** As `TALLY_SHARDS` says it to whoever reads them. */
export const TALLY_SHARDS = `${SHARDS}`;

export const SCHEDULE: ShardSchedule = [{ count: SHARDS, fromHourMs: Number.NEGATIVE_INFINITY }];

const SINCE = 1_795_000_000_000;

/** The parts call by call, as a Tally with much to tell makes them one after another. */
export function* publishCalls(work: PublishWork): Generator<readonly CountPart[]> {
  for (let from = 0; from < work.contents; from += PUBLISH_MAX_COUNTS) {
    const size = Math.min(PUBLISH_MAX_COUNTS, work.contents - from);
    yield Array.from({ length: size }, (_, index) => partOf(from + index, work.version));
  }
}

const partOf = (index: number, version: number): CountPart => {
  const content = contentOf(index);
  const shard = homeOf(content);
  return { content, shard, views: version, stamp: stamp(SINCE, version), asOf: SINCE + version };
};

export const homeOf = (content: ContentId): number => homesOf(SCHEDULE, content)[0] ?? 0;
