/** A guard taken away: what is changed in one file, and the test that has to notice. */
export interface Patch {
  /** Unique, for `--only`. */
  readonly name: string;
  /** What is taken away, in words. */
  readonly guard: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  /** It does without the guard what it did before. */
  readonly replace: string;
  readonly test: {
    readonly project: "pure" | "node" | "workers";
    readonly file: string;
    /** Part of the full names of the tests that are run, which are those of what they stand in too: `outer > inner`. */
    readonly name: string;
    /** What the file says of it, when the name is made of a table. */
    readonly title?: string;
  };
  /** What the failure says when the test fails for this guard, and for nothing else. */
  readonly fails: RegExp;
}

/** @throws when what it takes away is not there exactly once: the code has moved on without its patch */
export const withoutGuard = ({ name, find, replace, file }: Patch, source: string): string => {
  const places = source.split(find).length - 1;
  if (places === 1) return source.replace(find, () => replace);
  throw new Error(`${name}: what it takes away stands ${places} times in ${file}`);
};
