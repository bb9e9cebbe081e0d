/** The D1 of `npm start`, to be read. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { Failure } from "../../dev/run/flags.ts";
import { openD1Of } from "../../dev/run/local-d1.ts";
import { runtimeFilesIn } from "../../dev/run/state-files.ts";
import type { SourceParts } from "./source.ts";

/** The state has to be locked. @throws Failure when nothing is there */
export const openLocalD1 = async (state: string): Promise<SourceParts> => {
  if (!existsSync(join(runtimeFilesIn(state), "d1"))) {
    throw new Failure(`There is no D1 in ${state}; name the directory of npm start with --state`);
  }
  const { database, close } = await openD1Of(state);
  return { identity: "local", description: `D1 in ${state}`, db: drizzle(database), close };
};
