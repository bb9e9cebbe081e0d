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

/** What becomes of a save now: it reaches the database or not, and its answer may be lost. */
export type Wire = (save: keyof Saves) => "works" | "away" | "answer-lost";

const ROWS_AT_ONCE = 1_000;

/** Tables at the end of a wire that fails at times, with every row that got there in its order. */
export class JournalTables implements Saves, Pick<JobTables, "record"> {
  readonly #tables: Saves;
  readonly #wire: Wire;
  readonly #current: CurrentViewers[] = [];
  readonly #samples: ViewerSample[] = [];
  readonly #sessions: ViewerSession[] = [];
  readonly #days: StreamDay[] = [];
  /** Of runs of jobs. */
  readonly records: JobRun[] = [];
  /** Saves that failed. */
  failed = 0;

  constructor(tables: Saves, wire: Wire) {
    this.#tables = tables;
    this.#wire = wire;
  }

  saveCurrent(rows: readonly CurrentViewers[]): Promise<number> {
    return this.#over("saveCurrent", rows, this.#current, () => this.#tables.saveCurrent(rows));
  }

  saveHistory(rows: readonly ViewerSample[]): Promise<number> {
    return this.#over("saveHistory", rows, this.#samples, () => this.#tables.saveHistory(rows));
  }

  saveSessions(rows: readonly ViewerSession[]): Promise<number> {
    return this.#over("saveSessions", rows, this.#sessions, () => this.#tables.saveSessions(rows));
  }

  saveDays(rows: readonly StreamDay[]): Promise<number> {
    return this.#over("saveDays", rows, this.#days, () => this.#tables.saveDays(rows));
  }

  async record(run: JobRun): Promise<void> {
    this.records.push(run);
  }

  /** Nobody is forgotten here. */
  async sessionsOf(): Promise<readonly never[]> {
    return [];
  }

  async deleteSessions(): Promise<void> {
    throw new Error("no test asks for this");
  }

  /** Writes it all once more, many saves as one: what was written twice, and what came late, included. */
  async replay(into: Saves): Promise<void> {
    await inPieces(this.#current, (rows) => into.saveCurrent(rows));
    await inPieces(this.#samples, (rows) => into.saveHistory(rows));
    await inPieces(this.#sessions, (rows) => into.saveSessions(rows));
    await inPieces(this.#days, (rows) => into.saveDays(rows));
  }

  async #over<Row>(
    name: keyof Saves,
    rows: readonly Row[],
    journal: Row[],
    save: () => Promise<number>,
  ): Promise<number> {
    const fate = this.#wire(name);
    if (fate !== "works") this.failed += 1;
    if (fate === "away") throw new Error("the database is away");
    const statements = await save();
    for (const row of rows) journal.push(row);
    if (fate === "answer-lost") throw new Error("the database did not answer");
    return statements;
  }
}

const inPieces = async <Row>(
  rows: readonly Row[],
  save: (rows: readonly Row[]) => Promise<number>,
): Promise<void> => {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await save(rows.slice(from, from + ROWS_AT_ONCE));
  }
};
