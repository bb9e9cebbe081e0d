/** What a token for readers may do: Redis itself says which of its commands change nothing. */
import type { Backend, Command, Reply } from "./backend.ts";

/** They touch no key, and are not called readers for it. */
const HARMLESS: ReadonlySet<string> = new Set(["PING", "ECHO", "TIME"]);

/** @returns for a command an error in Redis' words; undefined when it changes nothing */
export const createReadOnly = (
  backend: Backend,
): ((command: Command) => Promise<string | undefined>) => {
  const known = new Map<string, boolean>();

  const isReader = async (name: string): Promise<boolean> => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const [info] = await backend.run([["COMMAND", "INFO", name]]);
    const reader = flagsOf(info).includes("readonly");
    // What it does not know, a client may have made up.
    if (hasInfo(info)) known.set(name, reader);
    return reader;
  };

  return async ([word = ""]) => {
    const name = String(word).toUpperCase();
    if (HARMLESS.has(name) || (await isReader(name))) return undefined;
    return `NOPERM this user has no permissions to run the '${name.toLowerCase()}' command`;
  };
};

const hasInfo = (info: Reply | undefined): boolean => isList(info) && isList(info[0]);

/** Third of what Redis tells of a command. */
const flagsOf = (info: Reply | undefined): readonly string[] => {
  const [command] = isList(info) ? info : [];
  const flags = isList(command) ? command[2] : undefined;
  return isList(flags) ? flags.map(String) : [];
};

const isList = (reply: Reply | undefined): reply is readonly Reply[] => Array.isArray(reply);
