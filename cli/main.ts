/** `headcount`: which word runs which command. */
import { runCommand, UsageError } from "../dev/run/flags.ts";
import { USAGE } from "./usage.ts";

/** Read when they are called: the runtime's packages take seconds. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  migrate: async (args) => (await import("./migrate.ts")).migrate(args),
  "migrate-database": async (args) => (await import("./migrate-database.ts")).migrateDatabase(args),
  rebuild: async (args) => (await import("./service/commands.ts")).rebuild(args),
  correct: async (args) => (await import("./service/commands.ts")).correct(args),
  replay: async (args) => (await import("./replay/replay.ts")).replay(args),
  import: async (args) => (await import("./import/import.ts")).importCounts(args),
  keys: async (args) => (await import("./keys/keys.ts")).keys(args),
  corrections: async (args) => (await import("./service/commands.ts")).corrections(args),
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
