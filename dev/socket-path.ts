/** Where the socket of a private server is. */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path to a socket has 108 bytes on Linux and 104 on macOS. */
const SOCKET_PATH_MAX_BYTES = 100;

/** The same for one directory always, so that other commands find a server that runs. */
export const socketPathIn = (directory: string, name: string): string => {
  const path = join(directory, name);
  if (Buffer.byteLength(path) <= SOCKET_PATH_MAX_BYTES) return path;
  const hash = createHash("sha256").update(directory).digest("hex").slice(0, 16);
  return join(tmpdir(), `headcount-${hash}`, name);
};
