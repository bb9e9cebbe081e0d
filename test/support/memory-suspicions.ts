import type {
  Suspicion,
  SuspicionQuery,
  SuspicionStatus,
  SuspicionTables,
} from "../../src/ports/suspicion-tables.ts";

/** The port over a Map. */
export class MemorySuspicions implements SuspicionTables {
  readonly rows = new Map<string, Suspicion>();
  /** Runs at each call, and may fail. */
  at: (call: string) => Promise<void> | void = () => undefined;
  readonly calls: string[] = [];

  async raise(suspicion: Suspicion): Promise<void> {
    await this.#called("raise");
    const known = this.rows.get(suspicion.id);
    const { score, toAt, detail } = suspicion;
    if (known === undefined) this.rows.set(suspicion.id, suspicion);
    else if (known.status === "open") this.rows.set(known.id, { ...known, score, toAt, detail });
  }

  async find(id: string): Promise<Suspicion | undefined> {
    await this.#called("find");
    return this.rows.get(id);
  }

  async list({ limit, status, before }: SuspicionQuery): Promise<readonly Suspicion[]> {
    await this.#called("list");
    return [...this.rows.values()]
      .filter((row) => status === undefined || row.status === status)
      .filter((row) => before === undefined || row.raisedAt < before)
      .sort((a, b) => b.raisedAt - a.raisedAt || (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  async during(from: number, to: number): Promise<readonly Suspicion[]> {
    await this.#called("during");
    return [...this.rows.values()].filter(({ fromAt, toAt }) => fromAt < to && toAt > from);
  }

  async decide(
    id: string,
    status: Exclude<SuspicionStatus, "open">,
    decided: NonNullable<Suspicion["decided"]>,
  ): Promise<Suspicion | undefined> {
    await this.#called("decide");
    const known = this.rows.get(id);
    if (known?.status === "open") this.rows.set(id, { ...known, status, decided });
    return this.rows.get(id);
  }

  async #called(call: string): Promise<void> {
    this.calls.push(call);
    await this.at(call);
  }
}
