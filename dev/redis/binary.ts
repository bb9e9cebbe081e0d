/** Where Redis is on this machine, and how to get it where it is not. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian's, and both of Homebrew's, whether or not PATH names them. */
const DIRECTORIES = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

/**
 * One program under two names, told what it is by the one it was called by. Debian has it under the second in a package
 * without a service (`redis-tools`), and a link of the first name in the one that starts it.
 */
const NAMES = ["redis-server", "redis-check-rdb"];

/** What the program has to be called by to be a server. */
export const SERVER_NAME = "redis-server";

export const HOW_TO_INSTALL_REDIS =
  "Install it (Debian: `apt-get install redis-tools`, or `redis-server`; macOS: `brew install redis`); it need not run. Or name the directory of its programs in REDIS_BIN.";

/** @returns undefined when it is missing */
export const findRedis = (): string | undefined => {
  const { REDIS_BIN: named, PATH = "" } = process.env;
  const directories = named === undefined ? [...PATH.split(delimiter), ...DIRECTORIES] : [named];
  return NAMES.flatMap((name) => directories.map((directory) => join(directory, name))).find(
    (path) => existsSync(path),
  );
};
