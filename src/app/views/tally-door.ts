import type { RestoringStatus, TallyStatus } from "../../protocol/object-rpc.ts";
import type { TallyRestore } from "./restore-tally.ts";
import type { Tally } from "./tally.ts";

/** Lets callers in to a Tally, which is made when its storage is whole: its memory stands on what is stored. */
export class TallyDoor {
  readonly #restore: TallyRestore;
  readonly #make: () => Tally;
  #tally: Tally | undefined;

  constructor(restore: TallyRestore, make: () => Tally) {
    this.#restore = restore;
    this.#make = make;
    // Its unsaved changes have an alarm from the moment it wakes.
    if (this.#isOpen()) this.#wake();
  }

  /** @throws while the Tally is being restored */
  async open(): Promise<Tally> {
    await this.#restore.admit();
    return this.#wake();
  }

  /** Work of its Corrector, which is let in before others. @throws while there is nothing to correct yet */
  async corrected<T>(work: (tally: Tally) => Promise<T> | T): Promise<T> {
    await this.#restore.admitCorrector();
    const result = await work(this.#wake());
    this.#restore.settled();
    this.#publishIfOpen();
    return result;
  }

  /** @throws while raw log or database do not say whether there is something to restore */
  async status(): Promise<TallyStatus | RestoringStatus> {
    try {
      return (await this.open()).status();
    } catch (cause) {
      const { phase } = this.#restore;
      if (phase === "asking" || phase === "open") throw cause;
      return { restoring: phase };
    }
  }

  async alarm(): Promise<void> {
    if (this.#isOpen()) return this.#wake().alarm();
    // Changes of the Corrector are saved with it.
    await this.#tally?.alarm();
    await this.#restore.alarm();
    // Nobody may come for long, and readers who do not ask are to be told.
    if (this.#isOpen()) this.#wake();
  }

  #wake(): Tally {
    this.#tally ??= this.#make();
    this.#publishIfOpen();
    return this.#tally;
  }

  /** Before that numbers are not whole. */
  #publishIfOpen(): void {
    if (this.#isOpen()) this.#tally?.publish();
  }

  /** Asked anew after each await, which may have opened it. */
  #isOpen(): boolean {
    return this.#restore.phase === "open";
  }
}
