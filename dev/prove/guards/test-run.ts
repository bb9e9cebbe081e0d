/** What is asked of a runner of tests, and what it tells. */

export interface Asked {
  /** Parts of the full names of the tests that are run. */
  readonly names: readonly string[];
  /** Files of the sources that may be others than at the last run. */
  readonly changed: readonly string[];
}

export interface TestRun {
  /** Full names of the tests that passed. */
  readonly passed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly said: string }[];
  /** What went wrong outside of every test: a file that cannot be read, a runner that was ended. */
  readonly otherwise: string;
}
