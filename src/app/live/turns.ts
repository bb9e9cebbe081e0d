/**
 * One run at a time. Who asks while one is under way shares the next with all others who do: it begins after they
 * asked.
 */
export class Turns<Result> {
  readonly #work: () => Promise<Result>;
  #running: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(work: () => Promise<Result>) {
    this.#work = work;
  }

  run(): Promise<Result> {
    if (this.#running === undefined) return this.#begin();
    const begin = () => this.#begin();
    // Whatever came of the one before.
    this.#next ??= this.#running.then(begin, begin);
    return this.#next;
  }

  #begin(): Promise<Result> {
    this.#next = undefined;
    this.#running = this.#work().finally(() => {
      // With a next one it stays: between this end and that beginning nobody may begin one beside it.
      if (this.#next === undefined) this.#running = undefined;
    });
    return this.#running;
  }
}
