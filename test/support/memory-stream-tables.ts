import type {
  CurrentViewers,
  JobRun,
  JobTables,
  RankedStream,
  StreamDay,
  StreamTables,
  ViewerSample,
  ViewerSession,
} from "../../src/ports/database.ts";
import type { SavedSession, StreamVisitor, UserTables } from "../../src/ports/user-tables.ts";

type Save = "saveCurrent" | "saveHistory" | "saveSessions" | "saveDays";

/** Rows one save was given. */
export interface Sent {
  readonly save: Save;
  readonly rows: number;
}

/** What becomes of a statement. */
export type StreamFate = "done" | "refused" | "done, answer lost";

/** Numbers of streams in memory that keep the contract; what was saved is there to be looked at, not asked for. */
export class MemoryStreamTables
  implements
    Omit<StreamTables, "currents" | "days" | "broadcasterDays">,
    Pick<UserTables, "sessionsOf" | "deleteSessions">,
    Pick<JobTables, "record">
{
  readonly current = new Map<string, CurrentViewers>();
  readonly samples = new Map<string, ViewerSample>();
  readonly sessions = new Map<string, ViewerSession>();
  readonly days = new Map<string, StreamDay>();
  readonly runs = new Map<string, JobRun>();
  /** Rows of each call to save sessions. */
  readonly sessionCalls: number[] = [];
  /** Asked before each statement. */
  fate: () => StreamFate = () => "done";
  /** Every save that had rows, in their order. */
  readonly sent: Sent[] = [];
  /** Runs before a save's rows are there: where it throws, they never are. */
  before: (save: Save) => Promise<void> = async () => undefined;
  /** Runs when they are: where it throws, the answer was lost. */
  after: (save: Save) => Promise<void> = async () => undefined;

  saveCurrent(rows: readonly CurrentViewers[]): Promise<number> {
    return this.#save("saveCurrent", rows, this.current, ({ stream }) => stream);
  }

  saveHistory(rows: readonly ViewerSample[]): Promise<number> {
    const keyOf = ({ stream, recordedAt }: ViewerSample) => `${stream}/${recordedAt}`;
    return this.#save("saveHistory", rows, this.samples, keyOf);
  }

  saveSessions(rows: readonly ViewerSession[]): Promise<number> {
    this.sessionCalls.push(rows.length);
    if (this.sessionCalls.length > MAX_CALLS) throw new Error("sessions are sent without end");
    const keyOf = ({ startedDay, session }: ViewerSession) => `${startedDay}/${session}`;
    return this.#save("saveSessions", rows, this.sessions, keyOf);
  }

  saveDays(rows: readonly StreamDay[]): Promise<number> {
    return this.#save("saveDays", rows, this.days, ({ stream, day }) => `${stream}/${day}`);
  }

  async sessionsOf(visitors: readonly StreamVisitor[]): Promise<readonly SavedSession[]> {
    const keys = new Set(visitors.map(({ stream, visitor }) => `${stream} ${visitor}`));
    const all = [...this.sessions.values()];
    return all.filter(({ stream, visitor }) => keys.has(`${stream} ${visitor}`));
  }

  async deleteSessions(sessions: readonly SavedSession[]): Promise<void> {
    await this.#under(async () => {
      for (const { startedDay, session } of sessions) {
        this.sessions.delete(`${startedDay}/${session}`);
      }
    });
  }

  async record(run: JobRun): Promise<void> {
    await this.#under(async () => void this.runs.set(run.id, run));
  }

  async ranking(limit: number, category?: string): Promise<readonly RankedStream[]> {
    return [...this.current.values()]
      .filter((row) => row.status === "live" && (category ?? row.category) === row.category)
      .sort((a, b) => b.viewers - a.viewers || b.startedAt - a.startedAt)
      .slice(0, limit)
      .map(({ stream, viewers, startedAt }) => ({ stream, viewers, startedAt }));
  }

  async history(stream: string, from: number, to: number): Promise<readonly ViewerSample[]> {
    return this.#samples((sample) => sample.stream === stream, from, to);
  }

  async broadcasterHistory(
    broadcaster: string,
    from: number,
    to: number,
  ): Promise<readonly ViewerSample[]> {
    return this.#samples((sample) => sample.broadcaster === broadcaster, from, to);
  }

  #samples(
    wanted: (sample: ViewerSample) => boolean,
    from: number,
    to: number,
  ): readonly ViewerSample[] {
    return [...this.samples.values()]
      .filter((sample) => wanted(sample) && from <= sample.recordedAt && sample.recordedAt < to)
      .sort((a, b) => a.recordedAt - b.recordedAt || (a.stream < b.stream ? -1 : 1));
  }

  async #save<Row extends { readonly stamp: string }>(
    save: Save,
    rows: readonly Row[],
    table: Map<string, Row>,
    keyOf: (row: Row) => string,
  ): Promise<number> {
    if (rows.length === 0) return 0;
    await this.#under(async () => {
      await this.before(save);
      for (const row of rows) {
        const known = table.get(keyOf(row));
        if (known === undefined || row.stamp > known.stamp) table.set(keyOf(row), row);
      }
      this.sent.push({ save, rows: rows.length });
      await this.after(save);
    });
    return Math.ceil(rows.length / ROWS_PER_STATEMENT);
  }

  async #under(write: () => Promise<void>): Promise<void> {
    const fate = this.fate();
    if (fate === "refused") throw new Error("the database is away");
    await write();
    if (fate === "done, answer lost") throw new Error("the answer was lost");
  }
}

/** More than any test makes: what goes on for ever ends here. */
const MAX_CALLS = 10_000;

/** As the adapters do. */
const ROWS_PER_STATEMENT = 1_000;
