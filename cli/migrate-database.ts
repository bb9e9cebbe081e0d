/** `headcount migrate-database`. */
import { lockState } from "../dev/run/state-lock.ts";
import { watchWorkerd } from "../dev/run/workerd.ts";
import { parseMoveFlags } from "./flags.ts";
import { untilInterrupted } from "./interrupted.ts";

/** A mistake is told at once: databases and the runtime take seconds to load. */
export const migrateDatabase = async (args: readonly string[]): Promise<void> => {
  const flags = parseMoveFlags(args);
  const { moveAndCompare } = await import("./move/move-and-compare.ts");
  lockState(flags.state);
  // The runtime of the local D1 ends with this process, however that ends.
  watchWorkerd(() => undefined);
  await moveAndCompare(flags, untilInterrupted);
};
