import { hexByte } from "../../core/hex.ts";
import type { RedisCommand } from "./client.ts";

/**
 * Lua's `newer(stamp, than)`. Its own `<` compares texts in the order of the server's language; stamps compare by their
 * bytes.
 */
export const NEWER_LUA = `
local function newer(stamp, than)
  for i = 1, #stamp do
    local a, b = string.byte(stamp, i), string.byte(than, i)
    if a ~= b then return a > (b or -1) end
  end
  return false
end`;

/** Of what Lua takes for a stamp, which is in this shape. */
export const STAMP_CHARS = 21;

/** Runs the script and leaves it with the server. */
export const runScript =
  (text: string, keys: readonly string[], args: readonly string[] = []): RedisCommand =>
  (pipeline) =>
    pipeline.eval(text, [...keys], [...args]);

export interface ScriptRun {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** Runs a script that often, in one pipeline: the first run names its text, the others what the server knows it by. */
export const runScriptEach = async (
  text: string,
  runs: readonly ScriptRun[],
): Promise<readonly RedisCommand[]> => {
  const sha = await shaOf(text);
  return runs.map(({ keys, args }, index): RedisCommand => {
    if (index === 0) return runScript(text, keys, args);
    return (pipeline) => pipeline.evalsha(sha, [...keys], [...args]);
  });
};

const shaOf = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), hexByte).join("");
};
