import type { TallyHarness } from "./tally-harness.ts";

/** The Tallies of these harnesses by shard, as they are now. @throws for any other shard */
export const talliesOf = (harnesses: readonly TallyHarness[]) => {
  const at = (shard: number): TallyHarness["tally"] => {
    const harness = harnesses[shard];
    if (harness === undefined) throw new Error(`there is no tally:${shard}`);
    return harness.tally;
  };
  return {
    standing: async (shard: number, ...args: Parameters<TallyHarness["tally"]["standing"]>) =>
      at(shard).standing(...args),
    restate: async (shard: number, ...args: Parameters<TallyHarness["tally"]["restate"]>) =>
      at(shard).restate(...args),
    reflush: async (shard: number) => at(shard).reflush(),
    flush: (shard: number) => at(shard).flush(),
    rollUp: (shard: number) => at(shard).rollUp(),
  };
};
