import type { Ledger } from "../../core/views/ledger.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import type { TallyAlarm } from "./tally-alarm.ts";

export interface LedgerKeeperDeps {
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly store: TallyStore;
  readonly ledger: Ledger;
  readonly alarm: Pick<TallyAlarm, "saved">;
  /** What is saved with the ledger. */
  readonly telling: { save(): void };
  /** Ends this instance: its memory has run ahead of what could be saved. */
  abort(reason: string): never;
}

/**
 * Keeps a Tally's ledger and its storage together: knows which position of the log the ledger has reached and which is
 * saved, and lets the instance live on after no commit that failed.
 */
export class LedgerKeeper {
  readonly #deps: LedgerKeeperDeps;
  #position: number;
  #checkpoint: number;

  constructor(deps: LedgerKeeperDeps) {
    this.#deps = deps;
    this.#checkpoint = deps.store.checkpoint();
    this.#position = this.#checkpoint;
  }

  /** The ledger holds everything up to here. */
  get position(): number {
    return this.#position;
  }

  /** What is saved of it holds everything up to here. */
  get checkpoint(): number {
    return this.#checkpoint;
  }

  /** The ledger has what lies in the log at a position. */
  reached(position: number): void {
    this.#position = position;
  }

  save(): void {
    this.commit(() => this.#save());
  }

  /**
   * Runs work over a saved ledger, all in one transaction. What changes cells or totals beside the fold has a position
   * of its own, the version it is given, and is saved with it.
   */
  change<T>(work: (version: number) => T): T {
    return this.commit(() => {
      this.#save();
      const result = work(this.#position + 1);
      if (this.#deps.ledger.dirty) {
        this.#position += 1;
        this.#save();
      }
      return result;
    });
  }

  /** The fold changes memory before the commit: if the commit fails, the instance must not live on. */
  commit<T>(work: () => T): T {
    const { store, name } = this.#deps;
    try {
      return store.atomically(work);
    } catch (cause) {
      return this.#deps.abort(`${name} could not commit: ${cause}`);
    }
  }

  #save(): void {
    const { store, ledger, alarm, telling } = this.#deps;
    const { cells, totals } = ledger.changes();
    store.saveLedger(this.#position, cells, totals);
    telling.save();
    alarm.saved();
    ledger.markSaved();
    this.#checkpoint = this.#position;
  }
}
