import { READ_MODEL_COUNT_LIFE_MS } from "../../core/limits.ts";
import type { CountsPublished, PublishMark } from "../../ports/read-model.ts";
import { demandDone, type RedisAnswer, type RedisCommand } from "./client.ts";
import { markKey } from "./keys.ts";
import { runScript } from "./script.ts";

/**
 * Keeps the mark of a shard's latest call, the text `<call> <through>`, and answers what was there. It comes behind the
 * parts of its call: where it is, they are.
 */
const MARK_LUA = `
local had = redis.pcall('GET', KEYS[1])
local call = type(had) == 'string' and string.match(had, '^(%d+) %d+$')
if not call or tonumber(call) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ${READ_MODEL_COUNT_LIFE_MS})
end
return call and had or false`;

export const setMark = ({ shard, call, through }: PublishMark): RedisCommand =>
  runScript(MARK_LUA, [markKey(shard)], [`${call}`, `${through}`]);

/** @throws ReadModelError when the command was refused */
export const readMark = (answer: RedisAnswer | undefined): CountsPublished["had"] => {
  const text = demandDone(answer);
  const [, call, through] = typeof text === "string" ? (/^(\d+) (\d+)$/.exec(text) ?? []) : [];
  return call === undefined ? undefined : { call: Number(call), through: Number(through) };
};
