/** `headcount`: which word runs which command. */
import { runCommand, UsageError } from "../dev/run/flags.ts";
import { migrate } from "./migrate.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { USAGE } from "./usage.ts";

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  migrate,
  "migrate-database": migrateDatabase,
};

await runCommand(async () => {
  const [name = "--help", ...args] = process.argv.slice(2);
  if ([name, ...args].some((arg) => arg === "--help" || arg === "-h")) {
    console.log(USAGE);
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(`"${name}" is no command of headcount`);
  await command(args);
}, USAGE);
