/** Everything that a service has written, piece by piece. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join, relative } from "node:path";

/** `statements` and `commands`: what was sent to MySQL and Redis, whether or not they kept it. */
export const PLACES = [
  "output",
  "answers",
  "files",
  "mysql",
  "redis",
  "statements",
  "commands",
] as const;

export type Place = (typeof PLACES)[number];

export interface Written {
  readonly place: Place;
  /** Which file, table, key or answer. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file is read in parts of this size, each with the end of the one before. */
const PART_BYTES = 32 * 1024 * 1024;
const OVERLAP_BYTES = 64 * 1024;

/** @param skip names of files below the directory that are left out */
export function* filesOf(directory: string, skip: RegExp | undefined): Generator<Written> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path);
    // Sockets are none.
    if (!entry.isFile() || skip?.test(name)) continue;
    for (const bytes of partsOf(path)) yield { place: "files", name, bytes };
  }
}

/** A database that runs meanwhile may take a file away. */
function* partsOf(path: string): Generator<Uint8Array> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return;
  }
  try {
    // No more than it has: of hundreds of small files each would take the memory of a large one.
    const { size } = fstatSync(file);
    for (let at = 0; at < size; at += PART_BYTES - OVERLAP_BYTES) {
      const part = Buffer.allocUnsafe(Math.min(PART_BYTES, size - at));
      yield part.subarray(0, readSync(file, part, 0, part.length, at));
      if (at + part.length === size) return;
    }
  } finally {
    closeSync(file);
  }
}
