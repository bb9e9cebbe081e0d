import type {
  CurrentViewers,
  JobRun,
  JobTables,
  StreamDay,
  StreamTables,
  ViewerSample,
  ViewerSession,
} from "../../src/ports/database.ts";

type Saves = Pick<StreamTables, "saveCurrent" | "saveHistory" | "saveSessions" | "saveDays">;

/** What becomes of a statement. */
export type StreamFate = "done" | "refused" | "done, answer lost";

/** Rows of streams in memory that keep the contract: of two rows with the same key the larger stamp stays. */
export class MemoryStreamTables implements Saves, Pick<JobTables, "record"> {
  readonly current = new Map<string, CurrentViewers>();
  readonly samples = new Map<string, ViewerSample>();
  readonly sessions = new Map<string, ViewerSession>();
  readonly days = new Map<string, StreamDay>();
  readonly runs = new Map<string, JobRun>();
  /** Rows of each call to save sessions. */
  readonly sessionCalls: number[] = [];
  /** Asked before each statement. */
  fate: () => StreamFate = () => "done";

  saveCurrent(rows: readonly CurrentViewers[]): Promise<number> {
    return this.#write(rows, this.current, ({ stream }) => stream);
  }

  saveHistory(rows: readonly ViewerSample[]): Promise<number> {
    return this.#write(rows, this.samples, ({ stream, recordedAt }) => `${stream}/${recordedAt}`);
  }

  saveSessions(rows: readonly ViewerSession[]): Promise<number> {
    this.sessionCalls.push(rows.length);
    const keyOf = ({ startedDay, session }: ViewerSession) => `${startedDay}/${session}`;
    return this.#write(rows, this.sessions, keyOf);
  }

  saveDays(rows: readonly StreamDay[]): Promise<number> {
    return this.#write(rows, this.days, ({ stream, day }) => `${stream}/${day}`);
  }

  async record(run: JobRun): Promise<void> {
    await this.#under(() => void this.runs.set(run.id, run));
  }

  #write<Row extends { readonly stamp: string }>(
    rows: readonly Row[],
    table: Map<string, Row>,
    keyOf: (row: Row) => string,
  ): Promise<number> {
    return this.#under(() => {
      for (const row of rows) {
        const before = table.get(keyOf(row));
        if (before === undefined || row.stamp > before.stamp) table.set(keyOf(row), row);
      }
    });
  }

  async #under(write: () => void): Promise<number> {
    const fate = this.fate();
    if (fate === "refused") throw new Error("the database is away");
    write();
    if (fate === "done, answer lost") throw new Error("the answer was lost");
    return 1;
  }
}
