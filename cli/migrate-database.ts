/** `headcount migrate-database`. */
import { parseMoveFlags } from "./flags.ts";

/** A mistake is told at once: databases and the runtime take seconds to load. */
export const migrateDatabase = async (args: readonly string[]): Promise<void> => {
  const flags = parseMoveFlags(args);
  const { moveAndCompare } = await import("./move/move-and-compare.ts");
  await moveAndCompare(flags);
};
