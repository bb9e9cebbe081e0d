/** A namespace of Durable Objects, seen as the objects it hands out. A stub that threw is broken: ask for a new one each time. */
export interface Stubs<Rpc> {
  getByName(name: string): Rpc;
}

/** What the platform says of a failed call: `overloaded` must not be repeated there. */
export const isOverloaded = (cause: unknown): boolean =>
  cause instanceof Error && "overloaded" in cause && cause.overloaded === true;

/** The object was being moved or restarted: another call may find it again. */
export const isRetryable = (cause: unknown): boolean =>
  cause instanceof Error && "retryable" in cause && cause.retryable === true;
