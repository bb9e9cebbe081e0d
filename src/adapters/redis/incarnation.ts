import { hexByte } from "../../core/hex.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { type CountsPublished, ReadModelError } from "../../ports/read-model.ts";
import { demandDone, type RedisAnswer, type RedisCommand } from "./client.ts";
import { INCARNATION_KEY } from "./keys.ts";
import { runScript } from "./script.ts";

/** The name this Redis goes by since it was last empty; the first one to ask gives it. */
const NAME_LUA = `
local had = redis.pcall('GET', KEYS[1])
if type(had) == 'string' and had ~= '' then return had end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]`;

export interface IncarnationDeps {
  readonly clock: Clock;
  readonly random: Random;
}

const RANDOM_BYTES = 8;

/**
 * Last in every publish: when the store lost everything before or in between, the answer is another name, and what was
 * lost is published again.
 */
export const askIncarnation = ({ clock, random }: IncarnationDeps): RedisCommand => {
  const suffix = Array.from(random.bytes(RANDOM_BYTES), hexByte).join("");
  return runScript(NAME_LUA, [INCARNATION_KEY], [`${clock.now()}-${suffix}`]);
};

/** @throws ReadModelError when there is none */
export const readIncarnation = (
  answer: RedisAnswer | undefined,
): CountsPublished["incarnation"] => {
  const name = demandDone(answer);
  if (typeof name === "string" && name !== "") return name;
  throw new ReadModelError("Redis: no incarnation in the answer");
};
