/** What the service counts, read from outside. */
import { setTimeout as sleep } from "node:timers/promises";
import { DRAIN_REARM_MS, MAX_CONTENTS } from "../../src/core/limits.ts";
import type { Service } from "../service.ts";
import { DEADLINE_MS } from "./in-time.ts";

/** Twice what an interrupted drain waits before it is taken up again. */
const QUIET_MS = 4_000;
const POLL_MS = 250;

/** Who is owed more is told so by what there is. */
const DUE_WITHIN_MS = 60_000;

/** Of short forms, which know what has to come: a drain that was interrupted has been taken up again. */
export const SHORT_QUIET_MS = DRAIN_REARM_MS + 500;

export interface Rest {
  /** Views of all contents together that have to come: they are waited for first. */
  readonly least?: number;
  /** What has come has to stay for this long. */
  readonly quietMs?: number | undefined;
}

/** @returns the counts once they have not moved for a while; with fewer than have to come after a minute */
export const settled = async (
  service: Pick<Service, "url">,
  contents: readonly string[],
  { least = 0, quietMs = QUIET_MS }: Rest = {},
) => {
  let counts = await readCounts(service, contents);
  const startedAt = performance.now();
  for (let quietSince = startedAt; ; ) {
    const now = performance.now();
    const areDue = sum(counts.values()) >= least || now - startedAt > DUE_WITHIN_MS;
    if (areDue && now - quietSince >= quietMs) return counts;
    if (now - startedAt > DEADLINE_MS) throw new Error("the counts do not come to rest");
    await sleep(POLL_MS);
    const next = await readCounts(service, contents);
    if (sum(next.values()) !== sum(counts.values())) quietSince = performance.now();
    counts = next;
  }
};

/** By strong reads: what the Tallies say. */
export const readCounts = async (
  { url }: Pick<Service, "url">,
  contents: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  for (let from = 0; from < contents.length; from += MAX_CONTENTS) {
    const some = contents.slice(from, from + MAX_CONTENTS).map((content) => `content=${content}`);
    const response = await fetch(`${url}/v1/counts?consistency=strong&${some.join("&")}`);
    const answer = (await response.json()) as { counts: { content: string; views: number }[] };
    for (const { content, views } of answer.counts) counts.set(content, views);
  }
  return counts;
};

export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
