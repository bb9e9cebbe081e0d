/** What readers saw after a blow, told as a timeline and judged. */

/** One look of one kind of reader. */
export interface Seen {
  /** Since the blow. */
  readonly ms: number;
  readonly reader: string;
  /** `undefined`: there was none. */
  readonly answer: string | undefined;
  /** It was what was true then. Of readers that are many: all of theirs were. */
  readonly right: boolean;
}

/** Something that was done, or that happened. */
export interface Note {
  readonly ms: number;
  readonly text: string;
}

export interface Verdict {
  readonly reader: string;
  /** The first answer, right or wrong; where there was none at first or after a moment, the one after that. `undefined`: there was none. */
  readonly firstMs: number | undefined;
  /** The first right answer after which there was no other; `undefined`: the last one was not right. */
  readonly evenMs: number | undefined;
}

/**
 * Of each reader, in the order in which they come up.
 * @param trueFrom when what is true changed last: what was right before, nobody has got there with
 */
export const verdictsOf = (seen: readonly Seen[], trueFrom = 0): readonly Verdict[] => {
  const readers = [...new Set(seen.map(({ reader }) => reader))];
  return readers.map((reader) => {
    const looks = inOrder(seen.filter((look) => look.reader === reader));
    // What dies may answer for a moment yet.
    const unanswered = looks.findIndex(({ answer }) => answer === undefined) + 1;
    const afterWrong = looks.findLastIndex(({ right }) => !right) + 1;
    return {
      reader,
      firstMs: looks.slice(unanswered).find(({ answer }) => answer !== undefined)?.ms,
      evenMs: looks.slice(afterWrong).find(({ ms }) => ms >= trueFrom)?.ms,
    };
  });
};

/** When the last of them had got there. @returns `undefined` while one has not */
export const latest = (all: readonly (number | undefined)[]): number | undefined =>
  all.reduce(
    (last, ms) => (last === undefined || ms === undefined ? undefined : Math.max(last, ms)),
    0,
  );

/** A reader whose answer changes faster than this is told of so often, but for its first answer and its turn to right. */
const LINE_EVERY_MS = 1_000;

/** A line for each note, and for each change of what a reader sees. */
export const linesOf = (notes: readonly Note[], seen: readonly Seen[]): readonly string[] => {
  const changes = [...new Set(seen.map(({ reader }) => reader))].flatMap((reader) =>
    changesOf(inOrder(seen.filter((look) => look.reader === reader))),
  );
  return inOrder([...notes, ...changes]).map(
    ({ ms, text }) => `${seconds(ms).padStart(9)}  ${text}`,
  );
};

/** @param ms `undefined`: it did not happen */
export const seconds = (ms: number | undefined): string =>
  ms === undefined ? "never" : `${(ms / 1_000).toFixed(2)} s`;

const changesOf = (looks: readonly Seen[]): readonly Note[] => {
  const notes: Note[] = [];
  const first = looks.find(({ answer }) => answer !== undefined);
  let told: Seen | undefined;
  for (const look of looks) {
    const { ms, reader, answer, right } = look;
    if (told?.answer === answer && told?.right === right) continue;
    const turns = right !== (told?.right ?? false);
    if (told !== undefined && look !== first && !turns && ms - told.ms < LINE_EVERY_MS) continue;
    told = look;
    notes.push({ ms, text: `${reader}: ${answer ?? "no answer"}${right ? "" : "  (not yet)"}` });
  }
  return notes;
};

const inOrder = <T extends { readonly ms: number }>(all: readonly T[]): readonly T[] =>
  all.toSorted((a, b) => a.ms - b.ms);
