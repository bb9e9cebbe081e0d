/** Where MariaDB is on this machine, and how to get it where it is not. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface MariaDbBinaries {
  readonly server: string;
  readonly installDb: string;
}

/** Debian's, and both of Homebrew's, whether or not PATH names them. */
const DIRECTORIES = ["/usr/sbin", "/usr/bin", "/opt/homebrew/bin", "/usr/local/bin"];

export const HOW_TO_INSTALL =
  "Install it (Debian: `apt-get install mariadb-server`; macOS: `brew install mariadb`); it need not run. Or name the directory of its programs in MARIADB_BIN.";

/** @returns undefined when one of them is missing */
export const findMariaDb = (): MariaDbBinaries | undefined => {
  const server = find("mariadbd");
  const installDb = find("mariadb-install-db");
  return server === undefined || installDb === undefined ? undefined : { server, installDb };
};

const find = (name: string): string | undefined => {
  const { MARIADB_BIN: named, PATH = "" } = process.env;
  const directories = named === undefined ? [...PATH.split(delimiter), ...DIRECTORIES] : [named];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
};
