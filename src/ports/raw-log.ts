/**
 * Objects of newline-delimited JSON, compressed, that last: what was folded, for whoever wants to fold it again.
 * Every call has a timeout and throws when the store fails; every one is safe to repeat.
 */
export interface RawLog {
  /**
   * Stores an object unless there is one of this name: what is there stays as it is.
   * @param lines without their line ends
   * @returns bytes of the object as it is stored
   */
  put(name: string, lines: Iterable<string>): Promise<number>;
  /**
   * The lines of an object in their order, some at a time, never all of them at once.
   * @returns `undefined` when there is no object of this name
   * @throws also while it is read
   */
  read(name: string): Promise<AsyncIterable<readonly string[]> | undefined>;
  /**
   * Names that begin with `prefix`, in their order, from behind `after`.
   * @returns at most as many as the store lists at a time; none: there are no more
   */
  list(prefix: string, after?: string): Promise<readonly string[]>;
  /** Those that are not there are none the less deleted. */
  delete(names: readonly string[]): Promise<void>;
}
