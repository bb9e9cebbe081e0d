/** What the Collector's own SQLite file says, read beside the running server. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The platform keeps its alarms in a file beside those of the objects. */
const PLATFORM_FILE = "metadata.sqlite";

/** @returns rows the Collectors have committed since their birth; all of them drained, a floor is one past the last */
export const committedRows = (stateDirectory: string): number => {
  const directory = join(stateDirectory, "Collector");
  if (!existsSync(directory)) return 0;
  const files = readdirSync(directory).filter(
    (name) => name.endsWith(".sqlite") && name !== PLATFORM_FILE,
  );
  return files.reduce((sum, file) => sum + rowsBelowFloor(join(directory, file)), 0);
};

const rowsBelowFloor = (file: string): number => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const row = database.prepare("SELECT value FROM meta WHERE name = 'drain'").get();
    if (row === undefined) return 0;
    const { floor } = JSON.parse(String(row.value)) as { floor: number };
    return floor - 1;
  } finally {
    database.close();
  }
};
