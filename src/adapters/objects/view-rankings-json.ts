/** What the object of rankings keeps: contents as short lists, since a shard has thousands of them. */
import * as v from "valibot";
import type { ContentId } from "../../core/ids.ts";
import type { Stamp } from "../../core/stamp.ts";
import type { PeriodRanking, RankedContent, ShardSlots } from "../../protocol/rankings-rpc.ts";

const Content = v.pipe(
  v.string(),
  v.transform((text) => text as ContentId),
);

const Slots = v.object({
  shard: v.number(),
  stamp: v.pipe(
    v.string(),
    v.transform((text) => text as Stamp),
  ),
  asOf: v.number(),
  slot: v.number(),
  contents: v.array(v.tuple([Content, v.nullable(v.string()), v.number(), v.number()])),
});

const Ranked = v.array(v.tuple([Content, v.number(), v.nullable(v.number())]));

const Period = v.object({
  window: v.picklist(["day", "week", "month"]),
  asOf: v.number(),
  from: v.number(),
  to: v.number(),
  all: Ranked,
  byCategory: v.array(v.tuple([v.string(), Ranked])),
});

export const writeSlots = ({ contents, ...rest }: ShardSlots): string => {
  const short = contents.map((it) => [it.content, it.category, it.views, it.before]);
  return JSON.stringify({ ...rest, contents: short });
};

/** @returns undefined: this version cannot read it; the shard tells again */
export const readSlots = (text: string): ShardSlots | undefined => {
  const read = v.safeParse(Slots, parse(text));
  if (!read.success) return undefined;
  const { contents, ...rest } = read.output;
  const named = contents.map(([content, category, views, before]) => ({
    ...{ content, category, views, before },
  }));
  return { ...rest, contents: named };
};

export const writePeriod = ({ all, byCategory, ...rest }: PeriodRanking): string =>
  JSON.stringify({
    ...rest,
    all: shortened(all),
    byCategory: byCategory.map(([category, list]) => [category, shortened(list)]),
  });

/** @returns undefined: this version cannot read it; the job tells again */
export const readPeriod = (text: string): PeriodRanking | undefined => {
  const read = v.safeParse(Period, parse(text));
  if (!read.success) return undefined;
  const { all, byCategory, ...rest } = read.output;
  return {
    ...rest,
    all: named(all),
    byCategory: byCategory.map(([category, list]) => [category, named(list)] as const),
  };
};

const shortened = (list: readonly RankedContent[]) =>
  list.map(({ content, views, previousRank }) => [content, views, previousRank]);

const named = (list: v.InferOutput<typeof Ranked>): readonly RankedContent[] =>
  list.map(([content, views, previousRank]) => ({ content, views, previousRank }));

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
