import { lagOf } from "../core/reader-lag.ts";
import type { ReaderRole } from "../core/reader-roles.ts";
import type { ReadTables } from "../ports/database-readers.ts";
import type { Log } from "../ports/log.ts";
import { KnownRuns, type KnownRunsDeps } from "./known-runs.ts";

export interface ReaderServerDeps extends KnownRunsDeps {
  readonly log: Log;
}

type Condition =
  | { readonly is: "well" }
  | { readonly is: "lagging"; readonly behindMs: number }
  /** It did not tell its runs. */
  | { readonly is: "silent" }
  /** It told its runs, and failed at what was read. */
  | { readonly is: "failing" };

/** What its runs say of it. */
export type Fitness = Exclude<Condition["is"], "failing">;

type Judgement = Extract<Condition, { readonly is: Fitness }>;

const WELL = { is: "well" } as const satisfies Condition;
const SILENT = { is: "silent" } as const satisfies Condition;
const FAILING = { is: "failing" } as const satisfies Condition;

/** A server that follows the writer, and in which condition it is: said to the log when it changes. */
export class ReaderServer {
  readonly #role: ReaderRole;
  readonly #tables: ReadTables;
  readonly #writer: KnownRuns;
  readonly #own: KnownRuns;
  readonly #log: Log;
  #condition: Condition = WELL;
  #judgedAt = Number.NEGATIVE_INFINITY;

  /** @param role its first one */
  constructor(role: ReaderRole, tables: ReadTables, writer: KnownRuns, deps: ReaderServerDeps) {
    this.#role = role;
    this.#tables = tables;
    this.#writer = writer;
    this.#own = new KnownRuns(tables, deps);
    this.#log = deps.log;
  }

  /** @returns `well` when it may be asked: it answers, and has what the writer wrote a while ago */
  async fitness(): Promise<Fitness> {
    await Promise.all([this.#writer.refresh(), this.#own.refresh()]);
    const found = this.#judge();
    if (this.#own.askedAt !== this.#judgedAt) {
      this.#judgedAt = this.#own.askedAt;
      // That it tells its runs does not mend a server that fails at everything else: reading from it does.
      if (found.is !== "well" || this.#condition.is !== "failing") this.#become(found);
    }
    return found.is;
  }

  /** @throws what the work throws */
  async do<T>(work: (tables: ReadTables) => Promise<T>): Promise<T> {
    try {
      const done = await work(this.#tables);
      if (this.#condition.is === "failing") this.#become(this.#judge());
      return done;
    } catch (cause) {
      if (this.#condition.is === "well") this.#become(FAILING);
      throw cause;
    }
  }

  /** While the writer is away, what it told last counts. */
  #judge(): Judgement {
    const { told, answers } = this.#own;
    if (!answers || told === undefined) return SILENT;
    const writers = this.#writer.told?.flushes ?? [];
    const lags = writers.flatMap(
      (runs, job) => lagOf(runs, told.flushes[job] ?? [], told.at) ?? [],
    );
    return lags.length === 0 ? WELL : { is: "lagging", behindMs: Math.max(...lags) };
  }

  #become(next: Condition): void {
    const before = this.#condition.is;
    this.#condition = next;
    if (next.is === before) return;
    const role = this.#role;
    const wasAway = before === "silent" || before === "failing";
    if (next.is === "lagging") this.#log.warn("reader.lagging", { role, behindMs: next.behindMs });
    else if (next.is === "well") this.#log.info("reader.back", { role });
    else if (!wasAway) this.#log.warn("reader.failed", { role });
  }
}
