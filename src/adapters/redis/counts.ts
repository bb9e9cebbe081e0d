import * as v from "valibot";
import type { ContentId } from "../../core/ids.ts";
import { READ_MODEL_COUNT_LIFE_MS } from "../../core/limits.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import { sumHomes } from "../../core/views/sum-homes.ts";
import type {
  ContentCount,
  CountPart,
  CountsPublished,
  PublishMark,
} from "../../ports/read-model.ts";
import type { RedisAnswer, RedisClient, RedisCommand } from "./client.ts";
import { demandDone } from "./client.ts";
import { askIncarnation, type IncarnationDeps, readIncarnation } from "./incarnation.ts";
import { countKey } from "./keys.ts";
import { readMark, setMark } from "./publish-mark.ts";
import { NEWER_LUA, runScriptEach, type ScriptRun, STAMP_CHARS } from "./script.ts";
import { StampText, WholeText } from "./stored.ts";

/**
 * Sets a shard's part of a content unless a newer one is there, and renews the content's life. A part is the text
 * `<stamp> <views> <asOf, ms>`; what is there in another shape gives way.
 */
export const SET_PART_LUA = `${NEWER_LUA}
local had = redis.pcall('HGET', KEYS[1], ARGV[1])
if type(had) == 'table' then
  if not string.find(had.err, '^WRONGTYPE') then return had end
  redis.call('DEL', KEYS[1])
  had = false
end
local stamp = had and string.match(had, '^([0-9a-z]+%-[0-9a-z]+) %d+ %d+$')
local wins = not stamp or #stamp ~= ${STAMP_CHARS} or newer(string.sub(ARGV[2], 1, ${STAMP_CHARS}), stamp)
if wins then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ${READ_MODEL_COUNT_LIFE_MS})
return wins and 1 or 0`;

export interface CountsPublish {
  readonly parts: readonly CountPart[];
  readonly mark?: PublishMark | undefined;
}

/** One call. @throws ReadModelError when a part was refused; the others may be in */
export const publishCounts = async (
  client: RedisClient,
  { parts, mark }: CountsPublish,
  deps: IncarnationDeps,
): Promise<CountsPublished> => {
  const answers = await client.send([
    ...(await runScriptEach(SET_PART_LUA, parts.map(settingPart))),
    ...(mark === undefined ? [] : [setMark(mark)]),
    askIncarnation(deps),
  ]);
  for (const answer of answers) demandDone(answer);
  const had = mark === undefined ? undefined : readMark(answers.at(-2));
  return { incarnation: readIncarnation(answers.at(-1)), had };
};

const settingPart = ({ content, shard, views, stamp, asOf }: CountPart): ScriptRun => ({
  keys: [countKey(content)],
  args: [`${shard}`, `${stamp} ${views} ${asOf}`],
});

/** One call however many there are. @returns those of which every home's part is there and can be read */
export const readCounts = async (
  client: RedisClient,
  schedule: ShardSchedule,
  contents: readonly ContentId[],
): Promise<ReadonlyMap<ContentId, ContentCount>> => {
  if (contents.length === 0) return new Map();
  const wanted = contents.map((content) => ({ content, homes: homesOf(schedule, content) }));
  const answers = await client.send(
    wanted.map(({ content, homes }): RedisCommand => {
      const fields = homes.map((shard) => `${shard}`);
      return (pipeline) => pipeline.hmget(countKey(content), ...fields);
    }),
  );
  const parts = wanted.flatMap(({ content, homes }, index) => {
    const texts = textsOf(answers[index]);
    return homes.flatMap((shard, home) => {
      const part = readPart(texts[home]);
      return part === undefined ? [] : { content, shard, ...part };
    });
  });
  return sumHomes(schedule, contents, parts);
};

/** @throws ReadModelError when the command was refused, unless because of what is there */
const textsOf = (answer: RedisAnswer | undefined): readonly unknown[] => {
  if (answer?.status === "refused" && answer.code === "WRONGTYPE") return [];
  const texts = demandDone(answer);
  return Array.isArray(texts) ? texts : [];
};

const Part = v.strictTuple([StampText, WholeText, WholeText]);

const readPart = (text: unknown): ContentCount | undefined => {
  if (typeof text !== "string") return undefined;
  const read = v.safeParse(Part, text.split(" "));
  if (!read.success) return undefined;
  const [, views, asOf] = read.output;
  return { views, asOf };
};
