/** What the service counts, read from outside. */
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_CONTENTS } from "../../src/core/limits.ts";
import type { Service } from "../service.ts";
import { DEADLINE_MS } from "./in-time.ts";

/** Twice what an interrupted drain waits before it is taken up again. */
const QUIET_MS = 4_000;
const POLL_MS = 250;

/** @returns the counts once they have not moved for a while */
export const settled = async (service: Pick<Service, "url">, contents: readonly string[]) => {
  let counts = await readCounts(service, contents);
  const deadline = performance.now() + DEADLINE_MS;
  for (let quietSince = performance.now(); performance.now() - quietSince < QUIET_MS; ) {
    if (performance.now() > deadline) throw new Error("the counts do not come to rest");
    await sleep(POLL_MS);
    const next = await readCounts(service, contents);
    if (sum(next.values()) !== sum(counts.values())) quietSince = performance.now();
    counts = next;
  }
  return counts;
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
