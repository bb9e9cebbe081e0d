import * as v from "valibot";
import type { ContentId } from "../../core/ids.ts";
import {
  READ_MODEL_PERIOD_LIFE_MS,
  READ_MODEL_REALTIME_LIFE_MS,
  REALTIME_MAX_AGE_MS,
} from "../../core/limits.ts";
import type { PublishedRanking } from "../../ports/read-model.ts";
import type { RankedContent, RankingWindow, ViewRanking } from "../../protocol/rankings-rpc.ts";
import { demandDone, type RedisClient } from "./client.ts";
import { rankingKey } from "./keys.ts";
import { runScriptEach, type ScriptRun } from "./script.ts";
import { Whole, WholeText } from "./stored.ts";

/**
 * Sets a list unless a later one is there. A list is the text `<asOf, ms> <JSON>`; what is there in another shape or
 * kind gives way. ARGV asOf, text, life (ms)
 */
export const SET_RANKING_LUA = `
local had = redis.pcall('GET', KEYS[1])
if type(had) == 'table' and not string.find(had.err, '^WRONGTYPE') then return had end
local asOf = type(had) == 'string' and string.match(had, '^(%d+) ')
if asOf and #asOf < 16 and tonumber(asOf) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** One call. @throws ReadModelError when a list was refused; the others may be in */
export const publishRankings = async (
  client: RedisClient,
  lists: readonly PublishedRanking[],
): Promise<void> => {
  if (lists.length === 0) return;
  const answers = await client.send(await runScriptEach(SET_RANKING_LUA, lists.map(settingList)));
  for (const answer of answers) demandDone(answer);
};

const settingList = ({ window, category, ranking }: PublishedRanking): ScriptRun => {
  const life = window === "realtime" ? READ_MODEL_REALTIME_LIFE_MS : READ_MODEL_PERIOD_LIFE_MS;
  return {
    keys: [rankingKey(window, category)],
    args: [`${ranking.asOf}`, writeRanking(ranking), `${life}`],
  };
};

export interface RankingWanted {
  readonly window: RankingWindow;
  readonly limit: number;
  /** All of them when absent. */
  readonly category: string | undefined;
}

/** One call. @returns undefined: nothing that can be read, or only what is not of now */
export const readRanking = async (
  client: RedisClient,
  { window, limit, category }: RankingWanted,
  now: number,
): Promise<ViewRanking | undefined> => {
  const [answer] = await client.send([(pipeline) => pipeline.get(rankingKey(window, category))]);
  if (answer?.status === "refused" && answer.code === "WRONGTYPE") return undefined;
  const ranking = parseRanking(window, demandDone(answer));
  if (ranking === undefined || !isOfNow(ranking, now)) return undefined;
  return { ...ranking, contents: ranking.contents.slice(0, limit) };
};

/** Of the last hour: told a moment ago. Of a period: the one under way. */
const isOfNow = ({ window, asOf, from, to }: ViewRanking, now: number): boolean =>
  window === "realtime" ? now - asOf < REALTIME_MAX_AGE_MS : from <= now && now < to;

const writeRanking = ({ asOf, from, to, contents }: ViewRanking): string => {
  const ranked = contents.map(({ content, views, previousRank }) => [content, views, previousRank]);
  return `${asOf} ${JSON.stringify({ from, to, contents: ranked })}`;
};

const Ranked = v.pipe(
  v.strictTuple([v.string(), Whole, v.nullable(v.pipe(Whole, v.minValue(1)))]),
  v.transform(
    ([id, views, previousRank]): RankedContent => ({
      content: id as ContentId,
      views,
      previousRank,
    }),
  ),
);

const Stored = v.object({ from: Whole, to: Whole, contents: v.array(Ranked) });

/** @returns undefined when it cannot be read */
const parseRanking = (window: RankingWindow, text: unknown): ViewRanking | undefined => {
  if (typeof text !== "string") return undefined;
  const space = text.indexOf(" ");
  const asOf = v.safeParse(WholeText, text.slice(0, space));
  if (space < 0 || !asOf.success) return undefined;
  try {
    const read = v.safeParse(Stored, JSON.parse(text.slice(space)));
    return read.success ? { window, asOf: asOf.output, ...read.output } : undefined;
  } catch {
    return undefined;
  }
};
