/** Sessions in a room's own SQLite file, read beside the running service. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface RoomSessions {
  /** Not ended. */
  readonly open: number;
  /** Distinct visitors with one that is open. */
  readonly openVisitors: number;
  /** Distinct visitors over all. */
  readonly visitors: number;
}

/** The platform keeps its alarms in a file beside those of the objects. */
const PLATFORM_FILE = "metadata.sqlite";

/** @param state directory of the service. @throws when no room of that stream has a file in it */
export const readRoomSessions = (state: string, stream: string): RoomSessions => {
  for (const path of readdirSync(state, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".sqlite") || path.endsWith(PLATFORM_FILE)) continue;
    if (!dirname(path).endsWith("Room")) continue;
    const sessions = sessionsIn(join(state, path), stream);
    if (sessions !== undefined) return sessions;
  }
  throw new Error(`no room of ${stream} in ${state}`);
};

const sessionsIn = (file: string, stream: string): RoomSessions | undefined => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const row = database.prepare("SELECT stream FROM stream").get();
    if (row?.stream !== stream) return undefined;
    const count = (what: string): number =>
      Number(database.prepare(`SELECT COUNT(${what}) AS n FROM sessions`).get()?.n);
    return {
      open: count("CASE WHEN ended_at IS NULL THEN 1 END"),
      openVisitors: count("DISTINCT CASE WHEN ended_at IS NULL THEN visitor END"),
      visitors: count("DISTINCT visitor"),
    };
  } finally {
    database.close();
  }
};
