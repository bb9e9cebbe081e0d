/** The state that a service leaves behind, and what it printed, looked through for what its clients brought and it was given. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { printedOn } from "../../service.ts";
import { ALLOWED } from "./allowed.ts";
import { MarkBook } from "./book.ts";
import { type Finder, makeFinder } from "./finder.ts";
import { BEGINNINGS, sealedIn } from "./forms.ts";
import { markOfPrefix, markOfSealed } from "./marks.ts";
import { textOf } from "./report.ts";
import { searchWith } from "./search.ts";
import { filesOf, type Written } from "./written.ts";

/**
 * What was built of the sources, which name browsers, and what MariaDB keeps for itself: its log of changes is a
 * hundred megabytes, and what is in it is in the tables, too, once the server has ended.
 */
const NOT_WRITTEN_BY_IT = /^build\/|^(?:beside\/)?mysql\/data\/(?!headcount\/)/;

const BEGINNING_MARKS = BEGINNINGS.map(({ kind, begins }) => markOfPrefix(kind, begins));

const SEALED_FINDER: Finder = {
  find: (bytes) => {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const found = sealedIn({
      indexOf: (text, from) => whole.indexOf(text, from),
      textAt: (from, to) => whole.toString("latin1", from, to),
    });
    return Array.from(found, ({ kind, text, at }) => ({
      ...{ mark: markOfSealed(kind, text), encoding: "plain", at },
    }));
  },
};

/** @param state of services that have ended, with its `.dev.vars` @returns what should not be there, in words */
export const leaksOn = (state: string): readonly string[] => {
  const finders = [makeFinder([...BEGINNING_MARKS, ...secretsOf(state)]), SEALED_FINDER];
  return searchWith(finders, writtenOn(state), ALLOWED).leaks.map(textOf);
};

function* writtenOn(state: string): Generator<Written> {
  for (const text of printedOn(state)) {
    yield { place: "output", name: "stdout and stderr", bytes: Buffer.from(text) };
  }
  yield* filesOf(state, NOT_WRITTEN_BY_IT);
}

const secretsOf = (state: string) => {
  const book = new MarkBook();
  const file = join(state, ".dev.vars");
  const variables = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  for (const keys of [variables.TOKEN_KEYS, variables.TICKET_KEYS]) {
    if (keys !== undefined) book.signingKeys(keys);
  }
  if (variables.ADMIN_KEY !== undefined) book.secret("admin key", variables.ADMIN_KEY);
  return book.marks;
};
