import { READ_MODEL_COUNT_LIFE_MS } from "../../core/limits.ts";
import type { CountsPublished, PublishMark } from "../../ports/read-model.ts";
import { demandDone, type RedisAnswer, type RedisCommand } from "./client.ts";
import { markKey } from "./keys.ts";
import { runScript } from "./script.ts";

/**
 * Keeps the mark of a shard's latest call, the text `<call> <through>`, and answers what was there. It comes behind the
 * parts of its call: where it is, they are. A call that finds less than was acknowledged leaves ` lost` behind a mark
 * that goes no further than the one it found; so does the next one, unless the former was answered.
 */
const MARK_LUA = `
local had = redis.pcall('GET', KEYS[1])
local call, through, fate
if type(had) == 'string' then call, through, fate = string.match(had, '^(%d+) (%d+)(.*)$') end
if fate ~= '' and fate ~= ' lost' then call, through = nil, nil end
local acknowledged = tonumber(ARGV[2])
local known = tonumber(call or 0)
if not call or known < tonumber(ARGV[1]) then
  local mark = ARGV[1] .. ' ' .. ARGV[3]
  if known < acknowledged or (fate == ' lost' and known > acknowledged) then
    local base = tonumber(through or 0) < tonumber(ARGV[3]) and (through or '0') or ARGV[3]
    mark = ARGV[1] .. ' ' .. base .. ' lost'
  end
  redis.call('SET', KEYS[1], mark, 'PX', ${READ_MODEL_COUNT_LIFE_MS})
end
return call and had or false`;

export const setMark = ({ shard, call, acknowledged, through }: PublishMark): RedisCommand =>
  runScript(MARK_LUA, [markKey(shard)], [`${call}`, `${acknowledged}`, `${through}`]);

/** @throws ReadModelError when the command was refused */
export const readMark = (answer: RedisAnswer | undefined): CountsPublished["had"] => {
  const text = demandDone(answer);
  const read = typeof text === "string" ? /^(\d+) (\d+)( lost)?$/.exec(text) : null;
  if (read === null) return undefined;
  const [, call, through, lost] = read;
  return { call: Number(call), through: Number(through), isAfterLoss: lost !== undefined };
};
