/** One service at a time on one state directory: two runtimes would write the same objects. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "./flags.ts";

/** Referenced for as long as the process lives: a lock that is collected is released. */
const held: DatabaseSync[] = [];

/**
 * SQLite's file lock belongs to the process, so whatever ends that gives the directory back; of a file with a process
 * id in it somebody would have to tell whether it is stale.
 * @throws Failure when another process has it
 */
export const lockState = (state: string): void => {
  mkdirSync(state, { recursive: true });
  const lock = new DatabaseSync(join(state, "lock.sqlite"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch {
    throw new Failure(
      `${state} is in use by another Headcount; end that one, or choose another with --state`,
    );
  }
  held.push(lock);
};
