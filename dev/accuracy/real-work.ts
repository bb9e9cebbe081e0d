import { setImmediate as nextTurn } from "node:timers/promises";

/** Work outside the world's time, as of a database: while some is under way the world's time stands still. */
export class RealWork {
  #running = 0;
  #ended: (() => void) | undefined;

  async track<T>(work: Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work;
    } finally {
      this.#running -= 1;
      this.#ended?.();
    }
  }

  /** Everything has happened that follows from the last step. */
  readonly settled = async (): Promise<void> => {
    await nextTurn();
    while (this.#running > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#ended = resolve;
      await promise;
      await nextTurn();
    }
  };

  /** The same object, each of whose methods is tracked. */
  wrap<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(member, target, args);
          return result instanceof Promise ? this.track(result) : result;
        };
      },
    });
  }
}
