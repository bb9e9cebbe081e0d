import { MEMO_MAX_ENTRIES, READ_TIMEOUT_MS, UNREGISTERED_MEMO_MS } from "../core/limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { isResting } from "../ports/resting.ts";
import { demandWithin, type Timers } from "../ports/timers.ts";
import { BoundedMap } from "./bounded-map.ts";
import { SharedFlights } from "./shared-flights.ts";

export interface KnownRowsDeps<Id, Row> {
  /** @returns of the ids those that the database has, in any order */
  find(ids: readonly Id[]): Promise<readonly Row[]>;
  /** How long it is believed, ms. @param row undefined: the database has none */
  lifeMs(row: Row | undefined): number;
  readonly clock: Clock;
  /** Each request that waits has a timer of its own. */
  readonly timers: Timers;
  readonly log: Log;
}

/** What the database said; without a row it has none. */
interface Known<Row> {
  readonly row: Row | undefined;
  readonly until: number;
}

/**
 * Rows of the registry, remembered in the isolate, known and unknown alike. While the database does not answer, a row
 * known before is what it was. That it does not is logged here, once for all who wait: not by who asks.
 */
export class KnownRows<Id, Row extends { readonly id: Id }> {
  readonly #deps: KnownRowsDeps<Id, Row>;
  readonly #memo = new BoundedMap<Id, Known<Row>>(MEMO_MAX_ENTRIES);
  readonly #flights: SharedFlights<Id, Known<Row>>;

  constructor(deps: KnownRowsDeps<Id, Row>) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: READ_TIMEOUT_MS });
  }

  /** @returns of each id what is known; those of which nothing can be known now are absent */
  async findAll(ids: readonly Id[]): Promise<ReadonlyMap<Id, { readonly row: Row | undefined }>> {
    const now = this.#deps.clock.now();
    const found = new Map<Id, Known<Row>>();
    for (const id of ids) {
      const known = this.#memo.get(id);
      if (known !== undefined && now < known.until) found.set(id, known);
    }
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    const fetched = await this.#flights.get(missing, (wanted) => this.#fetch(wanted));
    for (const id of missing) {
      const known = fetched.get(id) ?? this.#keep(id);
      if (known !== undefined) found.set(id, known);
    }
    return found;
  }

  /** It has just been changed here; what is being asked at the moment may be older, and is remembered all the same for its time. */
  forget(id: Id): void {
    this.#memo.delete(id);
  }

  async #fetch(ids: readonly Id[]): Promise<ReadonlyMap<Id, Known<Row>>> {
    const rows = await this.#ask(ids);
    const now = this.#deps.clock.now();
    const found = new Map(rows.map((row) => [row.id, row]));
    return new Map(ids.map((id) => [id, this.#remember(id, found.get(id), now)]));
  }

  async #ask(ids: readonly Id[]): Promise<readonly Row[]> {
    const { timers, log } = this.#deps;
    try {
      return await demandWithin(this.#deps.find(ids), READ_TIMEOUT_MS, "the registry", timers);
    } catch (cause) {
      if (!isResting(cause)) log.warn("registry.database-unreachable", { cause: `${cause}` });
      throw cause;
    }
  }

  #remember(id: Id, row: Row | undefined, now: number): Known<Row> {
    const known = { row, until: now + this.#deps.lifeMs(row) };
    this.#memo.set(id, known);
    return known;
  }

  /** Nobody waits for a database that is away more often than for one that has no such row. */
  #keep(id: Id): Known<Row> | undefined {
    const last = this.#memo.get(id);
    if (last?.row === undefined) return undefined;
    const known = { ...last, until: this.#deps.clock.now() + UNREGISTERED_MEMO_MS };
    this.#memo.set(id, known);
    return known;
  }
}
