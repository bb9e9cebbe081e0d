import { openLocalDatabase } from "../dev/run/local-database.ts";
import { lockState } from "../dev/run/state-lock.ts";
import { parseTarget } from "./flags.ts";

/** Brings the MySQL of `DATABASE_URL`, or the private one, to the schema; what is applied is left alone. */
export const migrate = async (args: readonly string[]): Promise<void> => {
  const choice = parseTarget(args);
  // Of the state only its MariaDB is used.
  if (choice.url === undefined) lockState(choice.state);
  const database = await openLocalDatabase(choice);
  await database.stop();
  console.log(`${database.description} is up to date`);
};
