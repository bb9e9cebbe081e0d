import { READ_MODEL_LIST_MAX, READ_MODEL_STREAM_LIFE_MS } from "../../core/limits.ts";
import { CATEGORY_PREFIX } from "./keys.ts";
import { ENTRY_LUA } from "./list-entry.ts";
import { NEWER_LUA, STAMP_CHARS } from "./script.ts";

/** Streams put away in one publish, of those that are silent and of those to be forgotten: more than one publish brings. */
const SWEPT = 20;

/**
 * Puts a stream's entry into the list unless a newer one is there: into the order of all and of its category, out of
 * that of another category, out of both when it ended. Then it puts away some of those not heard of for a while, and
 * forgets some that were put away or ended long ago: until then their entries guard against older ones that come late.
 *
 * A list of which the entries are lost begins anew. An order longer than `READ_MODEL_LIST_MAX` loses its last; it comes
 * back with its next publish if there is room then.
 *
 * KEYS entries, all, heard, gone, born; the categories' keys have the same tag, and so the same place.
 * ARGV stream, entry, score, asOf, whether it goes on (1 or 0), now, silent through, forgotten through (all ms)
 * @returns the stamp of what was there, or nothing
 */
export const LIST_STREAM_LUA = `${NEWER_LUA}
local entries, all, heard, gone, born = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local stream = ARGV[1]
local function read(entry)
  if not entry then return nil end
  local stamp, category = string.match(entry, ${ENTRY_LUA})
  if stamp and #stamp == ${STAMP_CHARS} then return stamp, category end
end
local function insert(key, stream)
  redis.call('ZADD', key, ARGV[3], stream)
  redis.call('ZREMRANGEBYRANK', key, 0, ${-READ_MODEL_LIST_MAX - 1})
  redis.call('PEXPIRE', key, ${READ_MODEL_STREAM_LIFE_MS})
end
local function remove(stream, category)
  redis.call('ZREM', all, stream)
  if category and category ~= '' then redis.call('ZREM', '${CATEGORY_PREFIX}' .. category, stream) end
end
if redis.call('EXISTS', entries) == 0 then redis.call('DEL', all, heard, gone, born) end
redis.call('SET', born, ARGV[6], 'NX')
local had, hadCategory = read(redis.call('HGET', entries, stream))
local stamp, category = read(ARGV[2])
if not had or newer(stamp, had) then
  redis.call('HSET', entries, stream, ARGV[2])
  remove(stream, hadCategory)
  if ARGV[5] == '1' then
    redis.call('ZREM', gone, stream)
    redis.call('ZADD', heard, ARGV[4], stream)
    insert(all, stream)
    if category ~= '' then insert('${CATEGORY_PREFIX}' .. category, stream) end
  else
    redis.call('ZREM', heard, stream)
    redis.call('ZADD', gone, ARGV[4], stream)
  end
end
local silent = redis.call('ZRANGEBYSCORE', heard, '-inf', ARGV[7], 'WITHSCORES', 'LIMIT', 0, ${SWEPT})
for i = 1, #silent, 2 do
  local _, of = read(redis.call('HGET', entries, silent[i]))
  remove(silent[i], of)
  redis.call('ZREM', heard, silent[i])
  redis.call('ZADD', gone, silent[i + 1], silent[i])
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', gone, '-inf', ARGV[8], 'LIMIT', 0, ${SWEPT})) do
  redis.call('ZREM', gone, old)
  redis.call('HDEL', entries, old)
end
for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], ${READ_MODEL_STREAM_LIFE_MS}) end
return had or false`;

/** Entries looked at in one step of a read. */
const STEP = 100;

/**
 * The first of an order with the time at which the list began, or nothing when there is no whole list.
 * KEYS all or a category's, entries, born. ARGV how many, silent through (ms)
 * @returns born, then entries
 */
export const READ_LIST_LUA = `
local born = redis.call('GET', KEYS[3])
if not born or redis.call('EXISTS', KEYS[2]) == 0 then return {} end
local found, limit, silent = {born}, tonumber(ARGV[1]), tonumber(ARGV[2])
for from = 0, ${READ_MODEL_LIST_MAX - 1}, ${STEP} do
  local streams = redis.call('ZREVRANGE', KEYS[1], from, from + ${STEP - 1})
  if #streams == 0 then break end
  for _, entry in ipairs(redis.call('HMGET', KEYS[2], unpack(streams))) do
    local _, _, asOf = string.match(entry or '', ${ENTRY_LUA})
    if asOf and tonumber(asOf) > silent then found[#found + 1] = entry end
    if #found > limit then return found end
  end
end
return found`;
