import type { FindDeps } from "../../src/app/views/find-verdict.ts";
import { formatEventId } from "../../src/core/views/event-id.ts";
import { ruleOnLines } from "../../src/core/views/judged-line.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import type { CorrectorWorld } from "./corrector-world.ts";

/** What finds verdicts in the Tallies and the raw log of a world. */
export const findIn = (world: CorrectorWorld): FindDeps => ({
  tallies: { traceView: (shard, query) => world.harness(shard).tally.traceView(query) },
  rawLog: world.rawLog,
  schedule: world.schedule,
  rulesOf: async () => ruleOnLines(world.exclusions),
  demandTime: () => undefined,
});

export interface NaiveEvent {
  readonly event: ViewEvent;
  readonly excluded: boolean;
  readonly countable: boolean;
}

export interface NaiveVerdict {
  readonly counts: boolean;
  /** Of the view that counts instead. */
  readonly of?: number;
}

/**
 * What correction says of every event, by its id, as one would say it, sharing nothing with the product: all of them in
 * the order of time, each once, every pair compared.
 */
export const naiveVerdicts = (events: readonly NaiveEvent[]): ReadonlyMap<string, NaiveVerdict> => {
  const verdicts = new Map<string, NaiveVerdict>();
  const counted: ViewEvent[] = [];
  const ordered = events.toSorted((a, b) => (idOf(a.event) < idOf(b.event) ? -1 : 1));
  for (const { event, excluded, countable } of ordered) {
    if (verdicts.has(idOf(event))) continue;
    const instead = counted.find((other) => meets(event, other));
    const counts = countable && !excluded && instead === undefined;
    if (counts) counted.push(event);
    const isDuplicate = countable && !excluded && instead !== undefined;
    verdicts.set(idOf(event), { counts, ...(isDuplicate && { of: instead.at }) });
  }
  return verdicts;
};

export const idOf = ({ id }: ViewEvent): string => formatEventId(id);

const meets = (a: ViewEvent, b: ViewEvent): boolean =>
  a.content === b.content &&
  Math.abs(a.at - b.at) < 60_000 &&
  keysOf(a).some((key) => keysOf(b).includes(key));

const keysOf = ({ visitor, previousVisitor }: ViewEvent): readonly string[] =>
  [visitor, previousVisitor].flatMap((key) => (key === undefined ? [] : [`${key.hi} ${key.lo}`]));
